#include "platform/requester/doe.h"

#include <algorithm>

#include "platform/base/check.h"
#include "platform/requester/doe_rules.h"

namespace requester {

base::Bytes doe_wrap(const Message& message) {
  const doe::ObjectType type = message.secured ? doe::ObjectType::kSecuredSpdm : doe::ObjectType::kSpdm;
  return wire::encode(doe::object_of(type, message.bytes));
}

std::optional<Message> doe_unwrap(base::View object) {
  auto found = doe::decode_object(object);
  if (!found || found->header.vendor_id != doe::kVendorPciSig) return std::nullopt;
  const doe::ObjectType type = found->header.type;
  if (type != doe::ObjectType::kSpdm && type != doe::ObjectType::kSecuredSpdm) return std::nullopt;
  return Message{.bytes = std::move(found->content), .secured = type == doe::ObjectType::kSecuredSpdm};
}

DoeDiscovery::DoeDiscovery(trust::Defences& defences, std::string at, std::size_t steps_max, std::uint8_t version)
    : defences_(defences), at_(std::move(at)), steps_max_(steps_max), version_(version) {
  base::check(steps_max <= doe::kDiscoveryStepsMax, "a discovery walk has at most 256 steps");
}

std::optional<base::Bytes> DoeDiscovery::next() const {
  if (!walking_) return std::nullopt;
  const doe::DiscoveryRequest request{.index = index_, .version = version_};
  return wire::encode(doe::object_of(doe::ObjectType::kDiscovery, wire::encode(request)));
}

trust::Result<Progress> DoeDiscovery::receive(base::View object) {
  const auto found = doe::decode_object(object);
  const bool is_discovery =
      found && found->header.vendor_id == doe::kVendorPciSig && found->header.type == doe::ObjectType::kDiscovery;
  const auto response =
      is_discovery ? wire::decode<doe::DiscoveryResponse>(found->content) : wire::Error{0, "", "no discovery"};
  const Served served = response ? Served{response->vendor_id, response->type} : Served{};
  const bool ends = response && response->next_index == 0;
  const DiscoveryCase c{
      .expected = walking_,
      .has_form = static_cast<bool>(response),
      .starts_with_discovery = index_ != 0 || served == Served{doe::kVendorPciSig, doe::ObjectType::kDiscovery},
      .is_new = std::find(served_.begin(), served_.end(), served) == served_.end(),
      .in_bound = ends || served_.size() + 1 < steps_max_};
  if (auto no = defences_.first_refusal<DiscoveryCase>(kDiscoveryRules, c, at_)) {
    walking_ = false;
    return *no;
  }
  served_.push_back(served);
  index_ = response->next_index;
  walking_ = !ends;
  return walking_ ? Progress::kGoOn : Progress::kDone;
}

bool DoeDiscovery::serves(doe::ObjectType type) const {
  return std::find(served_.begin(), served_.end(), Served{doe::kVendorPciSig, type}) != served_.end();
}

}  // namespace requester
