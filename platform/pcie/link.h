#pragma once
// A link between two ports: packets as bytes, each way across a boundary, where whoever holds the wire may look,
// alter, keep or send them again. Delivery is immediate and in order.
#include <functional>
#include <string>

#include "platform/base/bytes.h"
#include "platform/pcie/function.h"
#include "platform/trust/boundary.h"

namespace pcie {

class LinkEnd {
 public:
  virtual ~LinkEnd() = default;
  virtual void receive(base::View bytes) = 0;
  // The same of a packet in the clear that never became bytes. False, and nothing has happened: this end wants bytes.
  virtual bool receive_packet(tlp::Tlp&) { return false; }
  // To the lower end: the link below `this` port was reset or lost.
  virtual void link_reset(Reset kind) = 0;
};

class Link {
 public:
  // Boundaries are called "<name>.down" (towards the device) and "<name>.up".
  explicit Link(std::string name) : name_(std::move(name)), down_(name_ + ".down"), up_(name_ + ".up") {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  const std::string& name() const { return name_; }
  trust::Boundary& down() { return down_; }
  trust::Boundary& up() { return up_; }
  // Packets of a wire that nobody holds are handed over as they are.
  void attach(trust::Tap& tap) { down_.attach(tap), up_.attach(tap), held_ = true; }

  // Looks at each packet that arrives, and changes nothing.
  using Watch = std::function<void(bool down, base::View bytes)>;
  void watch(Watch watch) { watch_ = std::move(watch); }

  void join_upper(LinkEnd& end) { upper_ = &end; }
  void join_lower(LinkEnd* end) { lower_ = end; }  // nullptr: the slot is empty
  bool active() const { return enabled_ && lower_; }
  void set_enabled(bool enabled) { enabled_ = enabled; }

  void send_down(base::View bytes) { send(down_, lower_, bytes); }
  void send_up(base::View bytes) { send(up_, upper_, bytes); }
  // A packet that reads back (tlp.h), taken over by the other end. False, and nothing has happened: somebody holds or watches the wire,
  // nobody is there, or the other end wants bytes. Half of a configuration cycle's time is encoding and decoding.
  [[nodiscard]] bool hand_down(tlp::Tlp& packet) { return hand(lower_, packet); }
  [[nodiscard]] bool hand_up(tlp::Tlp& packet) { return hand(upper_, packet); }
  // Bytes put on the wire by whoever holds it: no tap sees them any more.
  void inject_down(base::View bytes) { deliver(lower_, bytes); }
  void inject_up(base::View bytes) { deliver(upper_, bytes); }
  void reset_below(Reset kind) {
    if (lower_) lower_->link_reset(kind);
  }

 private:
  void send(trust::Boundary& over, LinkEnd* to, base::View bytes);
  bool hand(LinkEnd* to, tlp::Tlp& packet) { return !held_ && !watch_ && active() && to && to->receive_packet(packet); }
  void deliver(LinkEnd* to, base::View bytes) {
    if (!active() || !to) return;
    if (watch_) watch_(to == lower_, bytes);
    to->receive(bytes);
  }
  std::string name_;
  trust::Boundary down_, up_;
  LinkEnd* upper_ = nullptr;
  LinkEnd* lower_ = nullptr;
  bool enabled_ = true;
  bool held_ = false;
  Watch watch_;
};

// The layouts of what crosses a link, for whoever alters it by field name.
const wire::Schema& plain_schema();      // "tlp.TLP"
const wire::Schema& protected_schema();  // "ide.TLP"

}  // namespace pcie
