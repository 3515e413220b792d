#pragma once
// Config spaces for tests: an endpoint and a root port as machines build them.
#include "platform/pcie/config_builder.h"

namespace pcie {

struct EndpointOffsets {
  unsigned pm = 0, pcie = 0, msix = 0, aer = 0, acs = 0, ats = 0, doe = 0, ide = 0;
};

// BAR 0: 64 KiB; BAR 2: 4 KiB with an MSI-X table of 4 at 0 and its PBA at 800h.
inline EndpointOffsets build_endpoint(ConfigSpace& config,
                                      const IdeShape& ide = {.selective_streams = 2, .address_associations = 1}) {
  ConfigBuilder build(config);
  EndpointOffsets at;
  build.type0({.vendor = 0x1b36, .device = 0x0100, .revision = 1, .class_code = 0x120000});
  build.bar({.index = 0, .size = 0x10000});
  build.bar({.index = 2, .size = 0x1000});
  at.pm = build.power_management();
  at.pcie = build.pcie({.tee_io = true});
  at.msix = build.msix({.vectors = 4, .table_bar = 2, .table_offset = 0, .pba_bar = 2, .pba_offset = 0x800});
  at.aer = build.aer(false);
  at.acs = build.acs(0);
  at.ats = build.ats();
  at.doe = build.doe(0);
  at.ide = build.ide(ide);
  return at;
}

struct RootPortOffsets {
  unsigned pcie = 0, aer = 0, acs = 0, dpc = 0, ide = 0;
};

inline RootPortOffsets build_root_port(ConfigSpace& config) {
  ConfigBuilder build(config);
  RootPortOffsets at;
  build.type1({.vendor = 0x1b36, .device = 0x000c, .class_code = 0x060400});
  build.power_management();
  at.pcie = build.pcie({.type = PortType::kRootPort, .tee_io = true});
  build.msi();
  at.aer = build.aer(true);
  at.acs = build.acs(0x5f);
  at.dpc = build.dpc();
  at.ide = build.ide({.selective_streams = 2, .address_associations = 2});
  return at;
}

}  // namespace pcie
