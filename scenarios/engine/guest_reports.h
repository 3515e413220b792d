#pragma once
// The report files of one guest (guest/tsm), in front of its kernel. The guest's own program asks through them; other software of the
// same guest can write them too, at the boundary vm*.tsm-report: what crosses there is what the program has just written or is about
// to read, and whoever alters it on the way has written once more.
#include <set>
#include <string>

#include "guest/tsm/fetch.h"
#include "platform/trust/boundary.h"
#include "scenarios/engine/guest_kernel.h"

namespace engine {

class GuestReports final : private tsm::Platform, private tsm::Files {
 public:
  GuestReports(World& world, VmState& vm, GuestMachine& machine, GuestKernel& kernel);
  GuestReports(const GuestReports&) = delete;
  GuestReports& operator=(const GuestReports&) = delete;

  const trust::Boundary& boundary() const { return boundary_; }
  // By the guest's own program, on its fiber. Not kOk: nobody made one, or somebody interfered each time that it was asked for.
  tsm::Fetched fetch(const base::Block<64>& report_data, std::uint32_t level);
  // For whoever holds the VM's TPM inside its trust boundary: bound to what it attests to besides, at the level that it has. kNoDevice:
  // nobody holds one there.
  tsm::Fetched fetch_for_service(const base::Block<64>& report_data);
  // Ground truth: it was made over something else than the program had asked for.
  bool foreign(const base::Bytes& report) const { return foreign_.contains(report); }
  tsm::Reports& files() { return reports_; }

 private:
  // tsm::Platform, below the files
  tsm::Made make_report(const tsm::Asked& asked) override;
  // tsm::Files, as the program has them
  tsm::Errno make_item(const std::string& name) override;
  tsm::Errno write(const std::string& item, tsm::Attribute attribute, base::View value) override;
  tsm::Content read(const std::string& item, tsm::Attribute attribute) override;

  std::optional<GuestKernel::Attested> attest(const base::Block<64>& report_data, std::uint32_t level);
  std::optional<trust::Message> others(const trust::Message& message);
  void pass(const std::string& object, const std::string& item, tsm::Attribute attribute, base::View value);

  World& world_;
  VmState& vm_;
  GuestMachine& machine_;
  GuestKernel& kernel_;
  tsm::Reports reports_;
  trust::Boundary boundary_;
  base::Bytes wanted_now_;  // what the program asked for last
  std::set<base::Bytes> foreign_;
  bool making_ = false;
};

}  // namespace engine
