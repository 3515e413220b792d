#pragma once
// A one-way channel with a fixed delay and a bounded number of messages in flight. Sending never waits: what finds the
// channel full is lost, counted and reported. Receiving waits; there is one reader at a time, a coroutine or a fiber. A
// reader that is killed takes nothing with it.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/base/check.h"
#include "platform/sim/sim.h"

namespace sim {

inline constexpr std::size_t kChannelCapacity = 4096;    // messages in flight or waiting, "channel.capacity"

class ChannelBase;

// Hangs in an empty channel until something is sent, at most once. Lets go when destroyed.
class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  void let_go();

 protected:
  ~Reader() { let_go(); }

 private:
  friend class ChannelBase;
  virtual void on_sent(Time lands) = 0;
  ChannelBase* channel_ = nullptr;
};

class ChannelBase {
 public:
  ChannelBase(const ChannelBase&) = delete;
  ChannelBase& operator=(const ChannelBase&) = delete;

  Sim& sim() const { return sim_; }
  Time delay() const { return delay_; }
  std::uint64_t lost() const { return lost_; }
  void hang(Reader& reader) {
    base::check(!reader_, "a channel has one reader at a time");
    reader_ = &reader;
    reader.channel_ = this;
  }

 protected:
  ChannelBase(Sim& sim, Time delay, std::size_t capacity, std::string name)
      : sim_(sim), delay_(delay), capacity_(capacity), name_(std::move(name)) {}
  ~ChannelBase() {
    if (reader_) reader_->channel_ = nullptr;
  }
  void tell(Time lands) {
    if (!reader_) return;
    Reader& reader = *std::exchange(reader_, nullptr);
    reader.channel_ = nullptr;
    reader.on_sent(lands);
  }
  bool refuse() {
    if (lost_++ == 0) sim_.report_limit("channel.capacity", name_);
    return false;
  }

  friend class Reader;
  Sim& sim_;
  Time delay_;
  std::size_t capacity_;
  std::string name_;
  Reader* reader_ = nullptr;
  std::uint64_t lost_ = 0;
};

inline void Reader::let_go() {
  if (channel_) channel_->reader_ = nullptr;
  channel_ = nullptr;
}

template <class T>
class Channel : public ChannelBase {
 public:
  explicit Channel(Sim& sim, Time delay = 0, std::size_t capacity = kChannelCapacity, std::string name = {})
      : ChannelBase(sim, delay, capacity, std::move(name)) {}

  // False when the channel was full and the item is lost.
  bool send(T item) {
    if (size_ == capacity_) return refuse();
    if (size_ == ring_.size()) grow();
    Flight& slot = ring_[(head_ + size_) & (ring_.size() - 1)];
    slot.lands = after(sim_.now(), delay_);
    slot.item.emplace(std::move(item));
    ++size_;
    tell(slot.lands);
    return true;
  }

  std::size_t size() const { return size_; }
  Time next_landing() const { return size_ == 0 ? kNever : ring_[head_].lands; }
  bool ready() const { return size_ != 0 && ring_[head_].lands <= sim_.now(); }
  // The first message that has landed, if any; never waits.
  std::optional<T> poll() { return ready() ? std::optional<T>(take()) : std::nullopt; }
  // ready() must hold.
  T take() {
    base::check(ready(), "a channel has one reader at a time");
    T item = std::move(*ring_[head_].item);
    ring_[head_].item.reset();
    head_ = (head_ + 1) & (ring_.size() - 1);
    --size_;
    return item;
  }

  class Receive : public Reader {
   public:
    explicit Receive(Channel& channel) : from_(channel) {}
    bool await_ready() const { return from_.ready(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      frame_ = &handle.promise();
      if (from_.size_ != 0) {
        from_.sim_.schedule(from_.next_landing(), *frame_);
      } else if (from_.sim_.park(*frame_)) {
        from_.hang(*this);
      }
    }
    T await_resume() { return from_.take(); }

   private:
    void on_sent(Time lands) override { from_.sim_.schedule(lands, *frame_); }
    Channel& from_;
    Frame* frame_ = nullptr;
  };
  // co_await channel.receive()
  Receive receive() { return Receive(*this); }

  class ReceiveUntil : public Reader {
   public:
    ReceiveUntil(Channel& channel, Time deadline) : from_(channel), deadline_(deadline), alarm_(*this) {}
    bool await_ready() const { return from_.ready() || from_.sim_.now() >= deadline_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
      frame_ = &handle.promise();
      if (from_.size_ != 0) {
        from_.sim_.schedule(std::min(from_.next_landing(), deadline_), *frame_);
      } else if (from_.sim_.park(*frame_)) {
        from_.hang(*this);
        alarm_.timer = from_.sim_.arm(deadline_, alarm_);
      }
    }
    // A message that lands at the deadline itself still counts.
    std::optional<T> await_resume() { return from_.poll(); }

   private:
    struct Alarm : Waiter {
      explicit Alarm(ReceiveUntil& owner) : owner(owner), sim(owner.from_.sim_) {}
      ~Alarm() {
        sim.disarm(timer);
      }
      void fire() override {
        timer = {};
        owner.let_go();
        sim.schedule(sim.now(), *owner.frame_);
      }
      ReceiveUntil& owner;
      Sim& sim;    // the channel may go before the last frames do
      TimerId timer;
    };
    void on_sent(Time lands) override {
      from_.sim_.disarm(alarm_.timer);
      from_.sim_.schedule(std::min(lands, deadline_), *frame_);
    }
    Channel& from_;
    Time deadline_;
    Frame* frame_ = nullptr;
    Alarm alarm_;
  };
  // co_await channel.receive_until(deadline): empty when nothing has landed at the absolute time `deadline`.
  ReceiveUntil receive_until(Time deadline) { return ReceiveUntil(*this, deadline); }

 private:
  struct Flight {
    Time lands = 0;
    std::optional<T> item;
  };
  void grow() {
    std::vector<Flight> wider(ring_.empty() ? 4 : 2 * ring_.size());
    for (std::size_t i = 0; i < size_; ++i) wider[i] = std::move(ring_[(head_ + i) & (ring_.size() - 1)]);
    ring_ = std::move(wider);
    head_ = 0;
  }

  std::vector<Flight> ring_;    // a power of two long, or empty
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace sim
