#pragma once
// Work that a web server gives to children of its own: text in, text out, with limits on time, on size and on how many work at once.
// A child that spins, grows or breaks ends alone; ending the job ends it with all that it started.
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace gateway {

struct WebJobLimits {
  std::size_t at_once_max = 2;                  // the others wait for their turn
  std::size_t output_bytes_max = 96 << 20;
  std::chrono::milliseconds time_max{60'000};   // wall clock, from its own start
};

struct WebJobEnd {
  bool good = false;
  std::string text;  // what it wrote; of one that is not good why, in one line
};

class WebJob {
 public:
  virtual ~WebJob() = default;  // ends it; its end is then not told
};

class WebJobs {
 public:
  WebJobs(boost::asio::io_context& io, WebJobLimits limits);
  WebJobs(const WebJobs&) = delete;
  WebJobs& operator=(const WebJobs&) = delete;
  ~WebJobs();

  // `command` is a program's path and its arguments. `done` is called from the loop, never from within.
  std::unique_ptr<WebJob> start(std::vector<std::string> command, std::string input, std::function<void(WebJobEnd)> done);

 private:
  class Child;
  class Handle;
  void next();
  void left(const Child* child);

  boost::asio::io_context& io_;
  const WebJobLimits limits_;
  std::deque<std::weak_ptr<Child>> waiting_;
  std::vector<const Child*> running_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace gateway
