// Answers of a TPM, public areas, quotes and signatures of any content are read or turned down; what is read is written back as it was.
#include "platform/base/check.h"
#include "platform/protocol/tpm/attest.h"
#include "platform/protocol/tpm/commands.h"
#include "platform/wire/wire.h"
#include "tests/fuzz/target.h"

namespace {

template <class M>
void both_ways(base::View in) {
  if (const auto read = wire::decode<M>(in)) base::check(wire::encode(*read) == base::bytes_of(in), "what was read is written back as it was");
}

void read(base::View in) {
  (void)tpm::read_pcrs(in);
  (void)tpm::read_created(in);
  (void)tpm::read_quoted(in);
  (void)tpm::result_of(in);
  (void)tpm::object_of(in);
  (void)tpm::schema_of(in);
  both_ways<tpm::PublicArea>(in);
  both_ways<tpm::Quote>(in);
  both_ways<tpm::Signature>(in);
  both_ways<tpm::PcrExtend>(in);
}

}  // namespace

FUZZ_TARGET(read, wire::encode(tpm::endorsement_template()))
