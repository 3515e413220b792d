#include "scenarios/gateway/tpm_memory.h"

#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platform/base/check.h"
#include "platform/base/user_error.h"
#include "platform/crypto/hash.h"

namespace gateway {

namespace {

constexpr std::size_t kAnswersBytesMax = 64 << 20;

using Key = base::Block<32>;  // of a question and all before it

class Answers {
 public:
  std::optional<base::Bytes> find(const Key& key) {
    std::lock_guard lock(mutex_);
    const auto found = answers_.find(key);
    return found == answers_.end() ? std::nullopt : std::optional(found->second);
  }
  void keep(const Key& key, const base::Bytes& answer) {
    std::lock_guard lock(mutex_);
    if (bytes_ + answer.size() > kAnswersBytesMax) answers_.clear(), bytes_ = 0;
    if (answers_.emplace(key, answer).second) bytes_ += sizeof(Key) + answer.size();
  }

 private:
  struct First {
    std::size_t operator()(const Key& key) const { return base::load_le<std::uint64_t>(key); }
  };
  std::mutex mutex_;
  std::unordered_map<Key, base::Bytes, First> answers_;
  std::size_t bytes_ = 0;
};

// Never destroyed: a thread may outlive `main`.
Answers& answers() {
  static auto* const kAnswers = new Answers;
  return *kAnswers;
}

class RememberedTpm final : public engine::GuestLink {
 public:
  explicit RememberedTpm(std::function<std::unique_ptr<engine::GuestLink>()> start) : start_(std::move(start)) {}

  bool send(base::View frame) override {
    base::Bytes all = base::bytes_of(key_);
    base::append(all, frame);
    key_ = crypto::sha256(all);
    asked_.push_back(base::bytes_of(frame));
    return true;
  }

  std::optional<base::Bytes> receive() override {
    auto answer = answers().find(key_);
    if (!answer) {
      answer = ask_process();
      if (!answer) return std::nullopt;
      answers().keep(key_, *answer);
    }
    answered_.push_back(*answer);
    return answer;
  }

  End ended() const override { return end_; }

 private:
  // The process is told what it has not heard yet, the last question at the end.
  std::optional<base::Bytes> ask_process() {
    try {
      if (!process_) process_ = start_();
    } catch (const base::UserError& error) {
      end_.why = std::string("cannot be started: ") + error.what();
      return std::nullopt;
    }
    for (;;) {
      auto answer = process_->send(asked_[heard_]) ? process_->receive() : std::nullopt;
      if (!answer) return end_ = process_->ended(), std::nullopt;
      if (++heard_ == asked_.size()) return answer;
      base::check(*answer == answered_[heard_ - 1], "a TPM answers as one of the same seed did that was asked the same");
    }
  }

  std::function<std::unique_ptr<engine::GuestLink>()> start_;
  std::unique_ptr<engine::GuestLink> process_;
  std::vector<base::Bytes> asked_, answered_;
  std::size_t heard_ = 0;  // of the questions, by the process
  Key key_{};
  End end_{.why = "closed its stream", .limit = {}};
};

}  // namespace

std::unique_ptr<engine::GuestLink> remembered_tpm(std::function<std::unique_ptr<engine::GuestLink>()> start) {
  return std::make_unique<RememberedTpm>(std::move(start));
}

}  // namespace gateway
