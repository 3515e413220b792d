#pragma once
// The TPM commands that a guest's firmware and kernel say, and what comes back (TPM 2.0 Library 1.59, part 3). Pure: bytes in, bytes out.
// A reader gives nothing for an answer that is an error or is not exactly what it should be.
#include <map>
#include <optional>
#include <vector>

#include "platform/protocol/tpm/public_area.h"

namespace tpm {

base::Bytes startup();  // TPM_SU_CLEAR
base::Bytes pcr_extend(unsigned pcr, const Digest& digest);
base::Bytes pcr_read(const std::vector<unsigned>& pcrs);  // at most eight are given at once
base::Bytes create_primary(std::uint32_t hierarchy, const PublicArea& wanted);
base::Bytes quote(std::uint32_t key, base::View qualifying, const std::vector<unsigned>& pcrs);
base::Bytes flush_context(std::uint32_t handle);

// TPM_RC of an answer; nothing: it is none.
std::optional<std::uint32_t> result_of(base::View response);

std::optional<std::map<unsigned, Digest>> read_pcrs(base::View response);
struct Created {
  std::uint32_t handle = 0;
  PublicArea area;
};
std::optional<Created> read_created(base::View response);
struct Quoted {
  base::Bytes attest;     // TPMS_ATTEST, as signed
  base::Bytes signature;  // TPMT_SIGNATURE
};
std::optional<Quoted> read_quoted(base::View response);

// What a PCR holds after one more extension.
Digest extended(const Digest& before, const Digest& with);
// What a quote says of the selected PCRs.
Digest digest_of(const std::map<unsigned, Digest>& pcrs, const Selections& selected);
// Object names on a boundary: "TPM.PCR_Extend"; "TPM" for commands that we do not say ourselves.
const char* object_of(base::View command);
const wire::Schema& schema_of(base::View command);
// For whoever prints or alters these messages by name.
std::vector<wire::Schema> schemas();

}  // namespace tpm
