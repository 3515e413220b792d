#include "platform/protocol/sev/schemas.h"

#include "platform/protocol/sev/cert_table.h"
#include "platform/protocol/sev/cpuid_page.h"
#include "platform/protocol/sev/ghcb.h"
#include "platform/protocol/sev/guest_message.h"
#include "platform/protocol/sev/id_block.h"
#include "platform/protocol/sev/kernel_hashes.h"
#include "platform/protocol/sev/launch_measure.h"
#include "platform/protocol/sev/page_info.h"
#include "platform/protocol/sev/report.h"
#include "platform/protocol/sev/secrets_page.h"
#include "platform/protocol/sev/tio.h"
#include "platform/protocol/sev/vmsa.h"

namespace sevproto {

const std::vector<wire::Schema>& schemas() {
  static const std::vector<wire::Schema> kSchemas = {
      wire::schema_of<Report>("snp.REPORT"),
      wire::schema_of<PageInfo>("snp.PAGE_INFO"),
      wire::schema_of<Vmsa>("sev.VMSA"),
      wire::schema_of<IdBlock>("snp.ID_BLOCK"),
      wire::schema_of<EcdsaPublicKey>("snp.ECDSA_PUBLIC_KEY"),
      wire::schema_of<IdAuth>("snp.ID_AUTH"),
      wire::schema_of<SealedMessage>("snp.MESSAGE"),
      wire::schema_of<ReportRequest>("snp.REPORT_REQ"),
      wire::schema_of<ReportResponse>("snp.REPORT_RSP"),
      wire::schema_of<KeyRequest>("snp.KEY_REQ"),
      wire::schema_of<KeyRequestV2>("snp.KEY_REQ_V2"),
      wire::schema_of<KeyResponse>("snp.KEY_RSP"),
      wire::schema_of<TscInfoRequest>("snp.TSC_INFO_REQ"),
      wire::schema_of<TscInfoResponse>("snp.TSC_INFO_RSP"),
      wire::schema_of<TdiInfoRequest>("tio.TDI_INFO_REQ"),
      wire::schema_of<TdiInfoResponse>("tio.TDI_INFO_RSP"),
      wire::schema_of<MmioValidateRequest>("tio.MMIO_VALIDATE_REQ"),
      wire::schema_of<MmioValidateResponse>("tio.MMIO_VALIDATE_RSP"),
      wire::schema_of<SdteWriteRequest>("tio.SDTE_WRITE_REQ"),
      wire::schema_of<SdteWriteResponse>("tio.SDTE_WRITE_RSP"),
      wire::schema_of<SecretsPage>("snp.SECRETS_PAGE"),
      wire::schema_of<CpuidPage>("snp.CPUID_PAGE"),
      wire::schema_of<CertRow>("snp.CERT_ROW"),
      wire::schema_of<KernelHashes>("sev.KERNEL_HASHES"),
      wire::schema_of<Ghcb>("sev.GHCB"),
      wire::schema_of<PscList>("sev.PSC"),
      wire::schema_of<MeasureInput>("sev.MEASURE_INPUT"),
      wire::schema_of<MeasureBlob>("sev.MEASURE_BLOB"),
      wire::schema_of<SecretHeader>("sev.SECRET_HEADER"),
  };
  return kSchemas;
}

}  // namespace sevproto
