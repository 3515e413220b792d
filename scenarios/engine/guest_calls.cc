#include "scenarios/engine/guest_calls.h"

#include <algorithm>

#include "scenarios/engine/guest_rows.h"

namespace engine {

namespace {

using remote::Reply;
using remote::Request;

constexpr std::uint64_t kRoomMax = 16u << 20;
constexpr std::uint64_t kLiveMax = 1024;

Reply status(int result) { return {.result = result, .value = 0, .blobs = {}}; }
Reply number(std::uint64_t value) { return {.result = GLACIS_OK, .value = value, .blobs = {}}; }

// A call that stores into a buffer of the caller's size and tells the size that it needed.
template <class Call>
Reply filled(std::uint64_t room, Call call) {
  base::Bytes out(std::min(room, kRoomMax));
  std::uint64_t size = out.size();
  const int result = call(out.data(), &size);
  if (result != GLACIS_OK) return {.result = result, .value = size, .blobs = {}};
  out.resize(size);
  return {.result = result, .value = 0, .blobs = {std::move(out)}};
}

// Of a size that the call does not tell.
template <class Call>
Reply exactly(std::uint64_t size, Call call) {
  if (size > kRoomMax) return status(GLACIS_BAD_ARGUMENT);
  base::Bytes out(size);
  const int result = call(out.data());
  if (result != GLACIS_OK) return status(result);
  return {.result = result, .value = 0, .blobs = {std::move(out)}};
}

bool is_row(const std::string& id) {
  const auto rows = guest_rows();
  return std::ranges::any_of(rows, [&](const auto* row) { return row->id == id; });
}

}  // namespace

std::optional<Reply> GuestCalls::carry_out(const Request& request) {
  const base::View live = request.blob(0);
  const bool declares = request.call == GLACIS_CALL_LIVE;
  if (live.size() > kLiveMax || (!declares && live.size() != live_.size())) return std::nullopt;
  if (declares) {
    live_ = base::bytes_of(live);
    (void)table_.live(table_.self, live_.empty() ? nullptr : live_.data(), live_.size());
  } else {
    std::ranges::copy(live, live_.begin());
  }
  bool known = true;
  Reply reply = declares ? status(GLACIS_OK) : ask(request, known);
  if (!known) return std::nullopt;
  reply.blobs.insert(reply.blobs.begin(), live_);
  return reply;
}

Reply GuestCalls::ask(const Request& r, bool& known) {
  const auto& t = table_;
  const std::string name = r.text(1);
  const base::View bytes = r.blob(2);
  switch (r.call) {
    case GLACIS_CALL_ALLOC: return number(t.alloc(t.self, name.c_str(), r.word(0), static_cast<int>(r.word(1))));
    case GLACIS_CALL_READ: return exactly(r.word(1), [&](void* out) { return t.read(t.self, r.word(0), out, r.word(1)); });
    case GLACIS_CALL_WRITE: return status(t.write(t.self, r.word(0), r.blob(1).data(), r.blob(1).size()));
    case GLACIS_CALL_CONVERT: return status(t.convert(t.self, r.word(0), r.word(1), static_cast<int>(r.word(2))));
    case GLACIS_CALL_SECRET: t.secret(t.self, name.c_str(), bytes.data(), bytes.size()); return status(GLACIS_OK);
    case GLACIS_CALL_YIELD: return status(t.yield(t.self));
    case GLACIS_CALL_CPUID: {
      std::uint32_t out[4] = {};
      const int result = t.cpuid(t.self, static_cast<std::uint32_t>(r.word(0)), static_cast<std::uint32_t>(r.word(1)), out);
      base::Bytes words;
      for (const std::uint32_t word : out) base::append_le(words, word);
      return {.result = result, .value = 0, .blobs = {words}};
    }
    case GLACIS_CALL_RANDOM: return exactly(r.word(0), [&](void* out) { return t.random(t.self, out, r.word(0)); });
    case GLACIS_CALL_EVIDENCE: {
      if (r.blob(1).size() != 64) return status(GLACIS_BAD_ARGUMENT);
      base::Bytes report(std::min(r.word(1), kRoomMax)), aux(std::min(r.word(2), kRoomMax));
      std::uint64_t report_size = report.size(), aux_size = aux.size();
      const int result = t.evidence(t.self, r.blob(1).data(), static_cast<int>(r.word(0)), report.data(), &report_size, aux.data(), &aux_size);
      if (result != GLACIS_OK) return status(result);
      report.resize(report_size), aux.resize(aux_size);
      return {.result = result, .value = 0, .blobs = {std::move(report), std::move(aux)}};
    }
    case GLACIS_CALL_PROVIDER: {
      const char* provider = t.provider(t.self);
      if (!provider) return status(GLACIS_NO_SUCH);
      return {.result = GLACIS_OK, .value = 0, .blobs = {base::bytes_of(base::view_of(std::string_view(provider)))}};
    }
    case GLACIS_CALL_DERIVE_KEY: return exactly(32, [&](std::uint8_t* key) { return t.derive_key(t.self, r.word(0), key); });
    case GLACIS_CALL_LAUNCH_SECRET:
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.launch_secret(t.self, out, size); });
    case GLACIS_CALL_SEND: return status(t.send(t.self, name.c_str(), bytes.data(), bytes.size()));
    case GLACIS_CALL_RECEIVE:
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.receive(t.self, name.c_str(), out, size); });
    case GLACIS_CALL_IMAGE_FILE:
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.image_file(t.self, name.c_str(), out, size); });
    case GLACIS_CALL_MOMENT: t.moment(t.self, name.c_str()); return status(GLACIS_OK);
    // A check of the guest's own that no table of ours has cannot be lifted; it is told in the play.
    case GLACIS_CALL_DEFEND:
      if (is_row(name)) return number(static_cast<std::uint64_t>(t.defend(t.self, name.c_str(), r.word(0) != 0)));
      if (r.word(0) == 0) t.log(t.self, ("its own check refuses: " + name).c_str());
      return number(r.word(0) != 0);
    case GLACIS_CALL_LIFTED: return number(is_row(name) ? static_cast<std::uint64_t>(t.lifted(t.self, name.c_str())) : 0);
    case GLACIS_CALL_GUARD: t.guard(t.self, name.c_str(), r.word(0) != 0); return status(GLACIS_OK);
    case GLACIS_CALL_PROMISE: t.promise(t.self, name.c_str(), r.word(0) != 0); return status(GLACIS_OK);
    case GLACIS_CALL_ENDS: t.ends(t.self, name.c_str()); return status(GLACIS_OK);
    case GLACIS_CALL_LOG: t.log(t.self, name.c_str()); return status(GLACIS_OK);
    default: return r.call >= GLACIS_CALL_HOST_DATA ? ask_host(r, known) : ask_device(r, known);
  }
}

Reply GuestCalls::ask_device(const Request& r, bool& known) {
  const auto& t = table_;
  const std::string name = r.text(1);
  const char* device = name.c_str();
  const base::View in = r.blob(2);
  switch (r.call) {
    case GLACIS_CALL_DEVICE_CONFIG: {
      auto value = static_cast<std::uint32_t>(r.word(1));
      const int result = t.device_config(t.self, device, static_cast<std::uint32_t>(r.word(0)), &value, r.word(2) != 0);
      return {.result = result, .value = value, .blobs = {}};
    }
    case GLACIS_CALL_DEVICE_OBJECT:
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.device_object(t.self, device, in.data(), in.size(), out, size); });
    case GLACIS_CALL_DEVICE_MMIO: {
      const auto bar = static_cast<std::uint32_t>(r.word(0));
      base::Bytes bytes = base::bytes_of(in);
      if (r.word(3) != 0) return status(t.device_mmio(t.self, device, bar, r.word(1), bytes.data(), bytes.size(), 1));
      return exactly(r.word(2), [&](void* out) { return t.device_mmio(t.self, device, bar, r.word(1), out, r.word(2), 0); });
    }
    case GLACIS_CALL_DEVICE_SHARE: return status(t.device_share(t.self, device, r.word(0), r.word(1)));
    case GLACIS_CALL_DEVICE_CALL: return status(t.device_call(t.self, device, static_cast<std::uint32_t>(r.word(0)), in.data(), in.size()));
    case GLACIS_CALL_DEVICE_MANAGED: return number(static_cast<std::uint64_t>(t.device_managed(t.self, device)));
    case GLACIS_CALL_TDI:
      return filled(r.word(1), [&](void* out, std::uint64_t* size) {
        return t.tdi_call(t.self, device, static_cast<std::uint32_t>(r.word(0)), in.data(), in.size(), out, size);
      });
    case GLACIS_CALL_DEVICE_EVIDENCE:
      return filled(r.word(1), [&](void* out, std::uint64_t* size) {
        return t.device_evidence(t.self, device, static_cast<std::uint32_t>(r.word(0)), out, size);
      });
    case GLACIS_CALL_DEVICE_ACCEPT: t.device_accept(t.self, device, static_cast<std::uint16_t>(r.word(0))); return status(GLACIS_OK);
    default: return known = false, Reply{};
  }
}

Reply GuestCalls::ask_host(const Request& r, bool& known) {
  const auto& t = table_;
  const std::string name = r.text(1);
  switch (r.call) {
    case GLACIS_CALL_HOST_DATA:
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.host_data(t.self, name.c_str(), out, size); });
    case GLACIS_CALL_TIME: {
      std::uint64_t nanoseconds = 0;
      const int result = t.clock(t.self, name.c_str(), &nanoseconds);
      return {.result = result, .value = nanoseconds, .blobs = {}};
    }
    case GLACIS_CALL_MSR: {
      std::uint64_t value = r.word(1);
      const int result = t.msr(t.self, static_cast<std::uint32_t>(r.word(0)), &value, r.word(2) != 0);
      return {.result = result, .value = value, .blobs = {}};
    }
    case GLACIS_CALL_INTERRUPT: {
      std::uint32_t vector = 0;
      std::uint64_t info = 0;
      const int result = t.interrupt(t.self, &vector, &info);
      if (result != GLACIS_OK) return status(result);
      base::Bytes word;
      base::append_le(word, info);
      return {.result = result, .value = vector, .blobs = {word}};
    }
    case GLACIS_CALL_EXTEND:
      if (r.blob(1).size() != 48) return status(GLACIS_BAD_ARGUMENT);
      return status(t.extend(t.self, static_cast<std::uint32_t>(r.word(0)), r.blob(1).data()));
    case GLACIS_CALL_MEASURED:
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.measured(t.self, name.c_str(), out, size); });
    case GLACIS_CALL_TPM: {
      const base::View command = r.blob(1);
      return filled(r.word(0), [&](void* out, std::uint64_t* size) { return t.tpm(t.self, command.data(), command.size(), out, size); });
    }
    default: return known = false, Reply{};
  }
}

}  // namespace engine
