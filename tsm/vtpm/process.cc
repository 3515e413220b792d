// A TPM 2.0 in a process of its own: `glacis-vtpm [STATE]`, with the stream to Glacis as descriptor 3 (vtpm_protocol.h).
//
// libtpms does the work. It is one TPM a process, and asks the C library for clocks and OpenSSL for random bytes; this program's own
// definitions come before theirs, so that the same seed and the same questions give the same bytes. Its non-volatile memory is
// forgotten at the end, unless a file STATE is named: then what is permanent is read from there and kept there.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_memory.h>
#include <libtpms/tpm_nvfilename.h>
#include <libtpms/tpm_tis.h>
}
// The replacement of the whole generator, which libtpms meets by RAND_bytes and OpenSSL's own keys by RAND_priv_bytes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "platform/files/whole_file.h"
#include "tsm/vtpm/vtpm_protocol.h"

namespace {

using Bytes = std::vector<unsigned char>;
constexpr int kStateLost = 74;  // EX_IOERR of sysexits.h

// ---- the world's clock and randomness ---------------------------------------------------------------------------------

// One TPM a process, and C callbacks without an argument of ours: its state can stand nowhere else.
struct Tpm {
  std::uint64_t now = 0;  // nanoseconds
  unsigned char seed[VTPM_SEED_BYTES] = {};
  std::uint64_t drawn = 0;  // blocks
  bool seeded = false, powered = false;
  std::uint8_t locality = 0;
  std::map<std::string, Bytes> memory;  // by libtpms' names: permall, volatilestate, savestate
  std::string file;
};
Tpm tpm;

// Block n is SHA-256(seed, n); a draw begins a new block.
int draw(unsigned char* out, int count) {
  while (count > 0) {
    unsigned char input[VTPM_SEED_BYTES + 8], block[SHA256_DIGEST_LENGTH];
    std::memcpy(input, tpm.seed, VTPM_SEED_BYTES);
    std::memcpy(input + VTPM_SEED_BYTES, &tpm.drawn, 8);
    ++tpm.drawn;
    SHA256(input, sizeof input, block);
    const int part = count < SHA256_DIGEST_LENGTH ? count : SHA256_DIGEST_LENGTH;
    std::memcpy(out, block, static_cast<std::size_t>(part));
    out += part, count -= part;
  }
  return 1;
}
int ready() { return 1; }

const RAND_METHOD kDraw = {nullptr, draw, nullptr, nullptr, draw, ready};

// ---- what libtpms keeps -----------------------------------------------------------------------------------------------

TPM_RESULT nothing_to_do() { return TPM_SUCCESS; }

TPM_RESULT load(unsigned char** data, std::uint32_t* length, std::uint32_t, const char* name) {
  const auto kept = tpm.memory.find(name);
  if (kept == tpm.memory.end()) return TPM_RETRY;  // libtpms: there is none yet
  if (TPM_Malloc(data, static_cast<std::uint32_t>(kept->second.size())) != TPM_SUCCESS) return TPM_FAIL;
  std::memcpy(*data, kept->second.data(), kept->second.size());
  *length = static_cast<std::uint32_t>(kept->second.size());
  return TPM_SUCCESS;
}

// A TPM that cannot keep what it is told to keep goes no further: what was kept before stays.
void write_state(const Bytes& state) {
  try {
    files::write_file(tpm.file, std::string_view(reinterpret_cast<const char*>(state.data()), state.size()));
  } catch (const std::exception& error) {  // which must not cross libtpms
    std::fprintf(stderr, "glacis-vtpm: %s\n", error.what());
    std::_Exit(kStateLost);
  }
}

TPM_RESULT store(const unsigned char* data, std::uint32_t length, std::uint32_t, const char* name) {
  Bytes& kept = tpm.memory[name];
  kept.assign(data, data + length);
  if (!tpm.file.empty() && std::strcmp(name, TPM_PERMANENT_ALL_NAME) == 0) write_state(kept);
  return TPM_SUCCESS;
}

TPM_RESULT forget(std::uint32_t, const char* name, TPM_BOOL must_exist) {
  return tpm.memory.erase(name) == 0 && must_exist ? TPM_FAIL : TPM_SUCCESS;
}

TPM_RESULT locality(TPM_MODIFIER_INDICATOR* out, std::uint32_t) {
  *out = tpm.locality;
  return TPM_SUCCESS;
}
TPM_RESULT nobody_present(TPM_BOOL* out, std::uint32_t) {
  *out = FALSE;
  return TPM_SUCCESS;
}

// ---- the operations ---------------------------------------------------------------------------------------------------

struct Answer {
  std::uint32_t result = 0;
  Bytes bytes;
};

Answer bad() { return {VTPM_BAD_OPERATION, {}}; }

// What libtpms allocated becomes ours.
Answer taken(TPM_RESULT result, unsigned char* data, std::uint32_t size) {
  Answer answer{result, {}};
  if (result == TPM_SUCCESS && data) answer.bytes.assign(data, data + size);
  TPM_Free(data);
  return answer;
}

const char* name_of(std::uint8_t type) {
  switch (type) {
    case TPMLIB_STATE_PERMANENT: return TPM_PERMANENT_ALL_NAME;
    case TPMLIB_STATE_VOLATILE: return TPM_VOLATILESTATE_NAME;
    case TPMLIB_STATE_SAVE_STATE: return TPM_SAVESTATE_NAME;
  }
  return nullptr;
}

Answer seed(const Bytes& in) {
  if (tpm.seeded || in.size() != VTPM_SEED_BYTES) return bad();
  std::memcpy(tpm.seed, in.data(), in.size());
  tpm.seeded = true;
  libtpms_callbacks callbacks{};
  callbacks.sizeOfStruct = sizeof callbacks;
  callbacks.tpm_nvram_init = nothing_to_do;
  callbacks.tpm_nvram_loaddata = load;
  callbacks.tpm_nvram_storedata = store;
  callbacks.tpm_nvram_deletename = forget;
  callbacks.tpm_io_init = nothing_to_do;
  callbacks.tpm_io_getlocality = locality;
  callbacks.tpm_io_getphysicalpresence = nobody_present;
  if (const TPM_RESULT result = TPMLIB_RegisterCallbacks(&callbacks); result != TPM_SUCCESS) return {result, {}};
  return {TPMLIB_ChooseTPMVersion(TPMLIB_TPM_VERSION_2), {}};
}

Answer power_off() {
  if (tpm.powered) TPMLIB_Terminate();
  tpm.powered = false;
  return {};
}

Answer power_on(bool forget_volatile) {
  (void)power_off();
  if (forget_volatile) tpm.memory.erase(TPM_VOLATILESTATE_NAME);
  const TPM_RESULT result = TPMLIB_MainInit();
  tpm.powered = result == TPM_SUCCESS;
  return {result, {}};
}

Answer command(const Bytes& in) {
  if (in.empty() || !tpm.powered) return bad();
  tpm.locality = in[0];
  Bytes sent(in.begin() + 1, in.end());
  unsigned char* out = nullptr;
  std::uint32_t size = 0, allocated = 0;
  const TPM_RESULT result = TPMLIB_Process(&out, &size, &allocated, sent.data(), static_cast<std::uint32_t>(sent.size()));
  return taken(result, out, size);
}

Answer get_state(const Bytes& in) {
  if (in.size() != 1 || !name_of(in[0])) return bad();
  unsigned char* out = nullptr;
  std::uint32_t size = 0;
  const TPM_RESULT result = TPMLIB_GetState(static_cast<TPMLIB_StateType>(in[0]), &out, &size);
  return taken(result, out, size);
}

Answer set_state(const Bytes& in) {
  if (in.empty() || !name_of(in[0]) || tpm.powered) return bad();
  const auto type = static_cast<TPMLIB_StateType>(in[0]);
  const TPM_RESULT result = TPMLIB_SetState(type, in.size() == 1 ? nullptr : in.data() + 1, static_cast<std::uint32_t>(in.size() - 1));
  return {result, {}};
}

Answer buffer_size(const Bytes& in) {
  if (in.size() != 4) return bad();
  std::uint32_t sizes[3], wanted;
  std::memcpy(&wanted, in.data(), 4);
  sizes[0] = TPMLIB_SetBufferSize(wanted, &sizes[1], &sizes[2]);
  Answer answer;
  answer.bytes.assign(reinterpret_cast<unsigned char*>(sizes), reinterpret_cast<unsigned char*>(sizes) + sizeof sizes);
  return answer;
}

Answer info(const Bytes& in) {
  if (in.size() != 4) return bad();
  std::uint32_t flags;
  std::memcpy(&flags, in.data(), 4);
  char* text = TPMLIB_GetInfo(static_cast<TPMLIB_InfoFlags>(flags));
  if (!text) return {TPM_FAIL, {}};
  Answer answer;
  answer.bytes.assign(text, text + std::strlen(text));
  std::free(text);
  return answer;
}

Answer carry_out(std::uint8_t operation, Bytes in) {
  if (operation != VTPM_SEED && !tpm.seeded) return bad();
  switch (operation) {
    case VTPM_SEED: return seed(in);
    case VTPM_INIT: return in.size() == 1 ? power_on(in[0] & 1) : bad();
    case VTPM_COMMAND: return command(in);
    case VTPM_SHUTDOWN: return power_off();
    case VTPM_GET_STATE: return get_state(in);
    case VTPM_SET_STATE: return set_state(in);
    case VTPM_BUFFER_SIZE: return buffer_size(in);
    case VTPM_INFO: return info(in);
  }
  if (!tpm.powered) return bad();
  switch (operation) {
    case VTPM_ESTABLISHED: {
      TPM_BOOL set = 0;
      const TPM_RESULT result = TPM_IO_TpmEstablished_Get(&set);
      return {result, {static_cast<unsigned char>(set ? 1 : 0)}};
    }
    case VTPM_RESET_ESTABLISHED:
      if (in.size() != 1) return bad();
      tpm.locality = in[0];
      return {TPM_IO_TpmEstablished_Reset(), {}};
    case VTPM_HASH_START: return {TPM_IO_Hash_Start(), {}};
    case VTPM_HASH_DATA: return {TPM_IO_Hash_Data(in.data(), static_cast<std::uint32_t>(in.size())), {}};
    case VTPM_HASH_END: return {TPM_IO_Hash_End(), {}};
    case VTPM_STORE_VOLATILE: {
      unsigned char* out = nullptr;
      std::uint32_t size = 0;
      Answer answer = taken(TPMLIB_VolatileAll_Store(&out, &size), out, size);
      if (answer.result == TPM_SUCCESS) tpm.memory[TPM_VOLATILESTATE_NAME] = std::move(answer.bytes);
      return {answer.result, {}};
    }
  }
  return bad();
}

// ---- the stream -------------------------------------------------------------------------------------------------------

bool read_all(void* into, std::size_t count) {
  for (auto* at = static_cast<unsigned char*>(into); count > 0;) {
    const ssize_t got = read(VTPM_STREAM, at, count);
    if (got <= 0) return false;
    at += got, count -= static_cast<std::size_t>(got);
  }
  return true;
}
bool write_all(const void* from, std::size_t count) {
  for (auto* at = static_cast<const unsigned char*>(from); count > 0;) {
    const ssize_t done = write(VTPM_STREAM, at, count);
    if (done <= 0) return false;
    at += done, count -= static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

extern "C" {
int clock_gettime(clockid_t, timespec* out) {
  out->tv_sec = static_cast<time_t>(tpm.now / 1'000'000'000u), out->tv_nsec = static_cast<long>(tpm.now % 1'000'000'000u);
  return 0;
}
int gettimeofday(timeval* __restrict out, void* __restrict) noexcept {
  out->tv_sec = static_cast<time_t>(tpm.now / 1'000'000'000u), out->tv_usec = static_cast<suseconds_t>(tpm.now % 1'000'000'000u / 1'000u);
  return 0;
}
time_t time(time_t* out) noexcept {
  const auto now = static_cast<time_t>(tpm.now / 1'000'000'000u);
  if (out) *out = now;
  return now;
}
clock_t clock() noexcept { return static_cast<clock_t>(tpm.now / (1'000'000'000u / CLOCKS_PER_SEC)); }
}

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGINT, SIG_IGN);  // at a terminal it comes to both, and glacis says when it is over
  std::signal(SIGXFSZ, SIG_IGN);
  RAND_set_rand_method(&kDraw);
  TPMLIB_SetDebugFD(open("/dev/null", O_WRONLY | O_CLOEXEC));  // what it would say of a bad state or command is in its result
  if (argc > 1 && argv[1][0] != '\0') {
    tpm.file = argv[1];
    if (std::ifstream in(tpm.file, std::ios::binary); in)
      tpm.memory[TPM_PERMANENT_ALL_NAME] = Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  for (;;) {
    std::uint32_t size;
    if (!read_all(&size, 4)) return 0;
    if (size < 9 || size > VTPM_FRAME_MAX) return 2;
    Bytes frame(size);
    if (!read_all(frame.data(), size)) return 2;
    std::memcpy(&tpm.now, frame.data() + 1, 8);
    const Answer answer = carry_out(frame[0], Bytes(frame.begin() + 9, frame.end()));
    const auto bytes = static_cast<std::uint32_t>(4 + answer.bytes.size());
    if (!write_all(&bytes, 4) || !write_all(&answer.result, 4) || !write_all(answer.bytes.data(), answer.bytes.size())) return 2;
  }
}
