// A guest outside, on its VM's fiber: frames in, calls carried out, frames out, until it returns or ends.
#include "scenarios/engine/outside_guest.h"

#include "platform/crypto/hash.h"
#include "scenarios/engine/guest_calls.h"
#include "scenarios/engine/guest_machine.h"
#include "scenarios/engine/guest_rows.h"
#include "scenarios/engine/live_guest.h"

namespace engine {

namespace {

std::string arguments_of(const std::vector<std::string>& args) {
  std::string out;
  for (const auto& arg : args) out += (out.empty() ? "" : " ") + arg;
  return out;
}

// What a program says of its own coverage is no call: no step, nothing that two runs are compared by. The edges join those of the VM's
// earlier programs. Whether it was that, and of the size that the protocol has.
bool keep_coverage(Verdict& verdict, const std::string& vm, base::View frame) {
  const auto said = remote::decode_request(frame);
  if (!said || said->call != GLACIS_CALL_COVERAGE || said->blob(1).size() != GLACIS_COVERAGE_BYTES) return false;
  auto& kept = verdict.artifacts["coverage/" + vm];
  kept.resize(GLACIS_COVERAGE_BYTES);
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] |= said->blob(1)[i];
  return true;
}

}  // namespace

void GuestMachine::run_outside(sim::Fiber& fiber, GuestLink& link, const std::vector<std::string>& args) {
  fiber_ = &fiber;
  boot();
  const glacis_guest table = abi_of(*this);
  if (auto* live = dynamic_cast<LiveGuest*>(&link)) {
    abi::Guest guest(table);
    return live->run(guest);
  }
  GuestCalls calls(table);
  const remote::Reply hello{.result = GLACIS_GUEST_ABI_VERSION, .value = 0, .blobs = {{}, base::bytes_of(base::view_of(arguments_of(args)))}};
  bool open = link.send(remote::encode(hello));
  while (open) {
    fiber_->step();
    auto frame = link.receive();
    if (frame && keep_coverage(world_.verdict, vm_.name, *frame)) frame = link.receive();
    if (!frame) break;
    note_call(*frame);
    const auto request = remote::decode_request(*frame);
    if (!request || request->call == GLACIS_CALL_COVERAGE) stop("its program says something that is no frame of the protocol");
    if (request->call == GLACIS_CALL_RETURN) return goes_on();
    if (request->call == GLACIS_CALL_FAULT) return fail_program({.why = request->text(1), .limit = {}, .memory_error = request->word(0) != 0});
    if (request->call == GLACIS_CALL_CLOCK) {
      open = link.send(remote::encode(remote::Reply{.result = GLACIS_OK, .value = world_.sim.now() / sim::kNanosecond, .blobs = {base::bytes_of(request->blob(0))}}));
      continue;
    }
    const auto reply = calls.carry_out(*request);
    if (!reply) stop("its program makes a call that the protocol has not: " + remote::name_of_call(request->call));
    if (request->call == GLACIS_CALL_DEFEND && reply->value == 0) declines();
    open = link.send(remote::encode(*reply));
  }
  fail_program(link.ended());
}

// A program that is made to touch what it does not have can be made to do more: that is a promise broken, as a stop is not.
void GuestMachine::fail_program(const GuestLink::End& end) {
  if (!end.limit.empty()) world_.verdict.limit = end.limit + " of " + vm_.name;
  if (end.memory_error)
    world_.oracle.breach(trust::Promise::kIntegrity, vm_.name + ": its program " + end.why, world_.sim.now());
  stop("its program " + end.why);
}

// Of every call what two runs are compared by.
void GuestMachine::note_call(base::View frame) {
  const auto hash = crypto::sha256(frame);
  std::uint64_t short_hash = 0;
  for (int i = 0; i < 8; ++i) short_hash = short_hash << 8 | hash[static_cast<std::size_t>(i)];
  const auto request = remote::decode_request(frame);
  world_.verdict.guest_calls[vm_.name].push_back({request ? request->call : ~0u, short_hash});
}

}  // namespace engine
