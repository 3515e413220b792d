// A disk (virtio 1.2 and 1.3, 5.2).
#include "devices/virtio/backend.h"
#include "platform/protocol/virtio/schemas.h"

namespace virtio {

namespace {

constexpr char kSerial[] = "GLACIS-DISK-0001";

class Block final : public Backend {
 public:
  Block(std::uint64_t sectors, Outlet& outlet) : medium_(sectors), outlet_(outlet) {}

  Type type() const override { return Type::kBlock; }
  std::uint32_t class_code() const override { return 0x01'00'00; }
  unsigned queues() const override { return 1; }
  std::uint64_t features() const override { return bit(kBlkFlush) | bit(kBlkBlkSize); }
  base::Bytes config() const override { return wire::encode(BlkConfig{.capacity = medium_.blocks()}); }
  const char* config_schema() const override { return "virtio.BLK_CONFIG"; }

  void serve(const std::vector<std::unique_ptr<Queue>>& queues, unsigned which) override {
    if (which >= queues.size() || !queues[which]) return;
    Queue& queue = *queues[which];
    while (const auto chain = queue.take()) carry_out(queue, *chain);
  }

 private:
  void carry_out(Queue& queue, const Chain& chain) {
    static const wire::Schema& kContent = *find_schema("virtio.CONTENT");
    base::Bytes sent = queue.content(chain);
    const std::uint64_t room = chain.room();
    if (room == 0) return queue.give_back(chain, 0);  // no place for a status
    base::Bytes taken = sent;
    (void)outlet_.passes("TAKEN", taken, kContent);
    base::Bytes read;
    base::Bytes status{static_cast<std::uint8_t>(judge(sent, room - 1, read))};
    std::uint32_t written = 0;
    if (!read.empty() && outlet_.passes("BUFFER", read, kContent)) written = queue.fill(chain, read);
    if (outlet_.passes("STATUS", status, kContent)) written += queue.fill(chain, status, room - 1);
    queue.give_back(chain, written);
  }

  BlkStatus judge(base::View sent, std::uint64_t room, base::Bytes& read) {
    const auto header = wire::decode_front<BlkHeader>(sent);
    if (!header) return BlkStatus::kIoError;
    switch (header->type) {
      case BlkRequest::kIn:
        if (room % kSector != 0 || !medium_.has(header->sector, room / kSector)) return BlkStatus::kIoError;
        read.resize(room);
        medium_.read(header->sector, read);
        return BlkStatus::kOk;
      case BlkRequest::kOut:
        if (sent.size() % kSector != 0 || !medium_.has(header->sector, sent.size() / kSector)) return BlkStatus::kIoError;
        medium_.write(header->sector, sent, false);
        return BlkStatus::kOk;
      case BlkRequest::kFlush: return BlkStatus::kOk;
      case BlkRequest::kGetId:
        read = base::bytes_of(std::string_view(kSerial));
        read.resize(std::min<std::uint64_t>(room, kBlkIdSize));
        return BlkStatus::kOk;
    }
    return BlkStatus::kUnsupported;
  }

  nvme::Medium medium_;
  Outlet& outlet_;
};

}  // namespace

std::unique_ptr<Backend> make_block(std::uint64_t sectors, Outlet& outlet) { return std::make_unique<Block>(sectors, outlet); }

}  // namespace virtio
