#pragma once
// What the TSM refuses about devices, and with which SBI error. For each function its steps stand in the order in which its table lists
// the errors; within one error, in the order in which its text asks (RISC-V CoVE-IO 0.3.0, 9).
#include "platform/protocol/cove/sbi.h"
#include "platform/trust/defence.h"

namespace cove {

// "Yes" where the call does not raise the question.
struct IoCase {
  bool device = true;        // the TSM knows it
  bool interface = true;
  bool tvm = true;           // there, and it has run
  bool address = true;       // aligned, and the caller's memory where it points to memory
  bool count = true;
  bool descriptor = true;
  bool disconnected = true, connected = true;  // a session, and keys at both ends of the stream
  bool link = true;          // and the root port's stream is secure
  bool none_bound = true;    // of the device's interfaces
  bool unbound = true;       // to anybody
  bool bound = true;         // to that TVM
  bool region_free = true;   // nothing is at these guest addresses
  bool memory_free = true;   // no TVM has that device memory
  bool region = true;        // was added so
  bool stream = true;        // is the device's
  bool digest = true;        // the transcript is that of this connection
  bool element = true;
  bool given = true;         // the host brought what the TVM asked for
  bool donated = true;       // the host gave that device memory there
  bool reported = true;      // and the interface's report has it
  bool not_started = true, not_stopped = true;
};

struct IoStep {
  const trust::Defence* defence;
  bool (*holds)(const IoCase&);
  coveproto::SbiError error;
};

inline constexpr auto kIoRefuse = trust::Act::kRefuse;
inline constexpr auto kIoConforms = trust::Kind::kConformance;

inline constexpr trust::Defence kIoDevice{"cove.io.device", "RISC-V CoVE-IO 0.3.0, COVH, device_id", "A call names a device that there is.",
                                          kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoInterface{"cove.io.interface", "RISC-V CoVE-IO 0.3.0, device_if_id",
                                             "A call names an interface that there is.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoTvm{"cove.io.tvm", "RISC-V CoVE-IO 0.3.0, COVH, tvm_id", "A call names a TVM that can have devices.",
                                       kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoAddress{"cove.io.address", "RISC-V CoVE-IO 0.3.0, addresses 4KB-aligned",
                                           "An address of a call is aligned and the caller's own.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoCount{"cove.io.count", "RISC-V CoVE-IO 0.3.0, region_len and sizes",
                                         "A range of a call is neither empty nor beyond what there is.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoDescriptor{"cove.io.stream-descriptor", "RISC-V CoVE-IO 0.3.0, CoVE IDE Stream Descriptor",
                                              "A device is connected over a stream whose associations make sense.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoDisconnected{"cove.io.connect.once", "RISC-V CoVE-IO 0.3.0, sbi_covh_connect_device",
                                                "A device has one connection.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoConnected{"cove.io.connected", "RISC-V CoVE-IO 0.3.0, 7, Device Connection",
                                             "A command finds the device connected.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoNoneBound{"cove.io.disconnect.unbound", "RISC-V CoVE-IO 0.3.0, 7, Device Disconnection",
                                             "A connection ends after every interface of the device was unbound.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoLink{"cove.io.bind.link", "RISC-V CoVE-IO 0.3.0, sbi_covh_bind_interface",
                                        "An interface is bound over a session and a secure stream.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoUnbound{"cove.io.bind.one-tvm", "RISC-V CoVE-IO 0.3.0, CoVE-IO-T005", "An interface has one TVM.",
                                           kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoRegionUnbound{"cove.io.region.unbound", "RISC-V CoVE-IO 0.3.0, sbi_covh_add_tvm_interface_region",
                                                 "What a TVM sees of an interface is settled before the interface is bound to it.",
                                                 kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoRegionFree{"cove.io.region.free", "RISC-V CoVE-IO 0.3.0, sbi_covh_add_tvm_interface_region",
                                              "Device memory is added where the TVM has nothing.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoRegionOne{"cove.io.region.one-tvm", "RISC-V CoVE-IO 0.3.0, CoVE-IO-T005",
                                             "Device memory is mapped to one TVM.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoRegionKnown{"cove.io.reclaim.added", "RISC-V CoVE-IO 0.3.0, 7, Unbinding Flow",
                                               "What is reclaimed was added.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoUnbindCloses{"cove.io.unbind.closes", "RISC-V CoVE-IO 0.3.0, 7, Unbinding Flow; CoVE-IO-T005",
                                                "A TVM's way to device memory ends with the binding.", trust::Act::kWithhold};
inline constexpr trust::Defence kIoBound{"cove.io.bound", "RISC-V CoVE-IO 0.3.0, COVG, device_if_id",
                                         "A TVM hears and changes nothing of an interface that is not bound to it.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoStream{"cove.io.refresh.stream", "RISC-V CoVE-IO 0.3.0, sbi_covh_ide_key_refresh, stream_id",
                                          "Keys are refreshed of the stream that the device has.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoDigest{"cove.io.transcript.digest", "RISC-V CoVE-IO 0.3.0, 7, TVM Verification Process",
                                          "A TVM is answered from the transcript of the connection that there is."};
inline constexpr trust::Defence kIoElement{"cove.io.transcript.element",
                                           "RISC-V CoVE-IO 0.3.0, sbi_covg_get_device_connection_transcript, transcript_element_id",
                                           "A TVM asks for a part that a transcript has.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoGiven{"cove.io.transcript.given", "RISC-V CoVE-IO 0.3.0, 7, TVM Verification Process",
                                         "A TVM is told when the host brings no transcript.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoDonated{"cove.io.map.donated", "RISC-V CoVE-IO 0.3.0, 7, TDI Verification and Acceptation, TDI IO ranges",
                                           "A TVM accepts device memory where the TSM's tables lead to it."};
inline constexpr trust::Defence kIoReported{"cove.io.map.reported", "RISC-V CoVE-IO 0.3.0, sbi_covg_map_interface_mmio",
                                            "A TVM accepts device memory that the interface's report has.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoNotStarted{"cove.io.start.once", "RISC-V CoVE-IO 0.3.0, sbi_covg_start_interface",
                                              "An interface is started once.", kIoRefuse, kIoConforms};
inline constexpr trust::Defence kIoNotStopped{"cove.io.stop.once", "RISC-V CoVE-IO 0.3.0, sbi_covg_stop_interface",
                                              "An interface is stopped once.", kIoRefuse, kIoConforms};

// ---- which of them each function asks, in order -----------------------------------------------------------------------

#define GLACIS_COVE_ASK(expression) [](const IoCase& c) { return bool(expression); }
inline constexpr auto kIoParam = coveproto::SbiError::kInvalidParam;
inline constexpr auto kIoFailed = coveproto::SbiError::kFailed;

inline constexpr IoStep kConnectDeviceSteps[] = {
    {&kIoDevice, GLACIS_COVE_ASK(c.device), kIoParam},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
    {&kIoDescriptor, GLACIS_COVE_ASK(c.descriptor), kIoFailed},
    {&kIoDisconnected, GLACIS_COVE_ASK(c.disconnected), kIoFailed},
};
inline constexpr IoStep kDisconnectDeviceSteps[] = {
    {&kIoDevice, GLACIS_COVE_ASK(c.device), kIoParam},
    {&kIoNoneBound, GLACIS_COVE_ASK(c.none_bound), kIoFailed},
    {&kIoConnected, GLACIS_COVE_ASK(c.connected), kIoFailed},
};
inline constexpr IoStep kAddRegionSteps[] = {
    {&kIoTvm, GLACIS_COVE_ASK(c.tvm), kIoFailed},
    {&kIoInterface, GLACIS_COVE_ASK(c.interface), kIoFailed},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
    {&kIoRegionUnbound, GLACIS_COVE_ASK(!c.bound), kIoFailed},
    {&kIoRegionFree, GLACIS_COVE_ASK(c.region_free), kIoFailed},
    {&kIoRegionOne, GLACIS_COVE_ASK(c.memory_free), kIoFailed},
};
inline constexpr IoStep kReclaimRegionSteps[] = {
    {&kIoTvm, GLACIS_COVE_ASK(c.tvm), kIoFailed},
    {&kIoInterface, GLACIS_COVE_ASK(c.interface), kIoFailed},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
    {&kIoRegionKnown, GLACIS_COVE_ASK(c.region), kIoFailed},
};
inline constexpr IoStep kBindInterfaceSteps[] = {
    {&kIoTvm, GLACIS_COVE_ASK(c.tvm), kIoFailed},
    {&kIoInterface, GLACIS_COVE_ASK(c.interface), kIoFailed},
    {&kIoLink, GLACIS_COVE_ASK(c.connected && c.link), kIoFailed},
    {&kIoUnbound, GLACIS_COVE_ASK(c.unbound), kIoFailed},
};
inline constexpr IoStep kUnbindInterfaceSteps[] = {
    {&kIoTvm, GLACIS_COVE_ASK(c.tvm), kIoFailed},
    {&kIoInterface, GLACIS_COVE_ASK(c.interface), kIoFailed},
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoFailed},
};
// Of spdm_key_update and spdm_heartbeat.
inline constexpr IoStep kSessionSteps[] = {
    {&kIoDevice, GLACIS_COVE_ASK(c.device), kIoFailed},
    {&kIoConnected, GLACIS_COVE_ASK(c.connected), kIoFailed},
};
inline constexpr IoStep kIdeKeyRefreshSteps[] = {
    {&kIoDevice, GLACIS_COVE_ASK(c.device), kIoFailed},
    {&kIoStream, GLACIS_COVE_ASK(c.stream), kIoFailed},
    {&kIoConnected, GLACIS_COVE_ASK(c.connected), kIoFailed},
};
inline constexpr IoStep kBringTranscriptSteps[] = {
    {&kIoDevice, GLACIS_COVE_ASK(c.device), kIoParam},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
    {&kIoConnected, GLACIS_COVE_ASK(c.connected), kIoFailed},
    {&kIoDigest, GLACIS_COVE_ASK(c.digest), kIoFailed},
};

// COVG. Of get_device_link and get_interface_state.
inline constexpr IoStep kAskInterfaceSteps[] = {
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoFailed},
};
inline constexpr IoStep kGetTranscriptSteps[] = {
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoParam},
    {&kIoElement, GLACIS_COVE_ASK(c.element), kIoParam},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
    {&kIoGiven, GLACIS_COVE_ASK(c.given), kIoFailed},
};
// Of get_device_measurements and get_interface_report.
inline constexpr IoStep kReadInterfaceSteps[] = {
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoFailed},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
};
inline constexpr IoStep kMapMmioSteps[] = {
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoFailed},
    {&kIoAddress, GLACIS_COVE_ASK(c.address), kIoFailed},
    {&kIoCount, GLACIS_COVE_ASK(c.count), kIoFailed},
    {&kIoReported, GLACIS_COVE_ASK(c.reported), kIoFailed},
    {&kIoDonated, GLACIS_COVE_ASK(c.donated), kIoFailed},
};
inline constexpr IoStep kStartInterfaceSteps[] = {
    {&kIoNotStarted, GLACIS_COVE_ASK(c.not_started), coveproto::SbiError::kAlreadyStarted},
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoFailed},
};
inline constexpr IoStep kStopInterfaceSteps[] = {
    {&kIoNotStopped, GLACIS_COVE_ASK(c.not_stopped), coveproto::SbiError::kAlreadyStopped},
    {&kIoBound, GLACIS_COVE_ASK(c.bound), kIoFailed},
};
#undef GLACIS_COVE_ASK

}  // namespace cove
