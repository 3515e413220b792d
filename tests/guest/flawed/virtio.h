/* A small driver for a virtio disk on PCI: one split ring of eight descriptors, one request at a time, data in a shared page. */
#ifndef VIRTIO_H_
#define VIRTIO_H_

#include <stdlib.h>

#include "tests/guest/flawed/flawed.h"

enum { kVirtioBlock = 0x10421af4, kPageBytes = 4096, kSectorBytes = 512, kQueue = 8 };
enum { kFeatureSelect = 0x08, kFeature = 0x0c, kStatus = 0x14, kQueueSelect = 0x16, kQueueSize = 0x18, kQueueEnable = 0x1c, kNotifyOff = 0x1e,
       kQueueDesc = 0x20, kQueueDriver = 0x28, kQueueDevice = 0x30 };
enum { kAvailable = 0x100, kUsed = 0x200 };                   /* in the ring's page */
enum { kHeaderAt = 0, kStatusAt = 0x100, kDataAt = 0x200 };   /* in the bounce page */

struct block {
  uint32_t found, bar, offset, length;
};

struct disk {
  const struct glacis_guest* g;
  const char* name;
  struct block common, notify, device;
  uint32_t multiplier, doorbell;
  uint64_t ring, bounce;
  uint16_t available, used;
};

static uint32_t disk_word(struct disk* d, uint32_t at) {
  uint32_t value = 0xffffffffu;
  d->g->device_config(d->g->self, d->name, at, &value, 0);
  return value;
}

static uint64_t disk_get(struct disk* d, struct block b, uint32_t at, int bytes) {
  uint8_t raw[8] = {0};
  if (d->g->device_mmio(d->g->self, d->name, b.bar, b.offset + at, raw, (uint64_t)bytes, 0) != GLACIS_OK) return UINT64_MAX;
  return (uint64_t)load32(raw) | (uint64_t)load32(raw + 4) << 32;
}

static void disk_set(struct disk* d, struct block b, uint32_t at, uint64_t value, int bytes) {
  uint8_t raw[8];
  for (int i = 0; i < 8; ++i) raw[i] = (uint8_t)(value >> 8 * i);
  d->g->device_mmio(d->g->self, d->name, b.bar, b.offset + at, raw, (uint64_t)bytes, 1);
}

/* Whether the image's list ("NAME ID" a line) has the device in this slot. */
static inline int is_listed(const struct glacis_guest* g, const char* slot, uint32_t id) {
  char list[1024], *line, *rest = list;
  uint64_t size = sizeof list - 1;
  if (g->image_file(g->self, "device-filter", list, &size) != GLACIS_OK) return 0;
  list[size] = 0;
  while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
    char* space = strchr(line, ' ');
    if (space && (size_t)(space - line) == strlen(slot) && !strncmp(line, slot, strlen(slot)) && strtoul(space, NULL, 0) == id) return 1;
  }
  return 0;
}

static int disk_capabilities(struct disk* d) {
  uint32_t at = disk_word(d, 0x34) & 0xfc;
  for (int i = 0; i < 16 && at >= 0x40; ++i) {
    const uint32_t head = disk_word(d, at);
    struct block* b = head >> 24 == 1 ? &d->common : head >> 24 == 2 ? &d->notify : head >> 24 == 4 ? &d->device : NULL;
    if ((head & 0xff) == 9 && b && !b->found) {
      *b = (struct block){1, disk_word(d, at + 4) & 0xff, disk_word(d, at + 8), disk_word(d, at + 12)};
      if (head >> 24 == 2) d->multiplier = disk_word(d, at + 16);
    }
    at = head >> 8 & 0xfc;
  }
  return d->common.found && d->notify.found && d->device.found;
}

static inline int disk_open(struct disk* d, const struct glacis_guest* g, const char* name) {
  static const uint8_t zero[kPageBytes];
  *d = (struct disk){.g = g, .name = name};
  if (disk_word(d, 0) != kVirtioBlock || !is_listed(g, name, kVirtioBlock)) return 0;
  g->device_accept(g->self, name, GLACIS_IDENTITY_ONLY);
  if (!disk_capabilities(d)) return 0;
  disk_set(d, d->common, kStatus, 0, 1);
  disk_set(d, d->common, kStatus, 1, 1);
  disk_set(d, d->common, kStatus, 3, 1);
  for (uint32_t half = 0; half < 2; ++half) {
    disk_set(d, d->common, kFeatureSelect, half, 4);
    disk_set(d, d->common, kFeature, half == 1 ? 3 : 0, 4); /* VERSION_1, ACCESS_PLATFORM */
  }
  disk_set(d, d->common, kStatus, 11, 1);
  if (disk_get(d, d->common, kStatus, 1) != 11) return 0;
  char page[32];
  d->ring = g->alloc(g->self, strcat(strcpy(page, name), "-ring"), kPageBytes, GLACIS_SHARED);
  d->bounce = g->alloc(g->self, strcat(strcpy(page, name), "-bounce"), kPageBytes, GLACIS_SHARED);
  g->write(g->self, d->ring, zero, sizeof zero);
  g->write(g->self, d->bounce, zero, sizeof zero);
  if (g->device_share(g->self, name, d->ring, kPageBytes) != GLACIS_OK || g->device_share(g->self, name, d->bounce, kPageBytes) != GLACIS_OK) return 0;
  disk_set(d, d->common, kQueueSelect, 0, 2);
  if (disk_get(d, d->common, kQueueSize, 2) < kQueue) return 0;
  disk_set(d, d->common, kQueueSize, kQueue, 2);
  disk_set(d, d->common, kQueueDesc, d->ring, 8);
  disk_set(d, d->common, kQueueDriver, d->ring + kAvailable, 8);
  disk_set(d, d->common, kQueueDevice, d->ring + kUsed, 8);
  d->doorbell = (uint32_t)disk_get(d, d->common, kNotifyOff, 2);
  disk_set(d, d->common, kQueueEnable, 1, 2);
  disk_set(d, d->common, kStatus, 15, 1);
  return 1;
}

static inline uint64_t disk_sectors(struct disk* d) { return disk_get(d, d->device, 0, 4) | disk_get(d, d->device, 4, 4) << 32; }

static void descriptor(struct disk* d, int i, uint64_t address, uint32_t length, uint16_t flags) {
  uint8_t raw[16] = {0};
  store32(raw, (uint32_t)address), store32(raw + 4, (uint32_t)(address >> 32)), store32(raw + 8, length);
  raw[12] = (uint8_t)flags, raw[14] = (uint8_t)(i + 1);
  d->g->write(d->g->self, d->ring + 16 * (uint64_t)i, raw, sizeof raw);
}

/* One sector from (write) or to the bounce page; how many bytes the device says it wrote, or -1. */
static inline int64_t disk_request(struct disk* d, int write, uint64_t sector) {
  uint8_t header[16] = {0}, word[4], used[8];
  header[0] = (uint8_t)(write ? 1 : 0), header[8] = (uint8_t)sector;
  d->g->write(d->g->self, d->bounce + kHeaderAt, header, sizeof header);
  descriptor(d, 0, d->bounce + kHeaderAt, 16, 1);
  descriptor(d, 1, d->bounce + kDataAt, kSectorBytes, (uint16_t)(write ? 1 : 3));
  descriptor(d, 2, d->bounce + kStatusAt, 1, 2);
  d->g->write(d->g->self, d->ring + kAvailable + 4 + 2 * (d->available % kQueue), "\0", 2);
  ++d->available;
  word[0] = (uint8_t)d->available, word[1] = (uint8_t)(d->available >> 8);
  d->g->write(d->g->self, d->ring + kAvailable + 2, word, 2);
  disk_set(d, d->notify, d->doorbell * d->multiplier, 0, 2);
  for (int polls = 0; polls < 4; ++polls) {
    d->g->read(d->g->self, d->ring + kUsed + 2, word, 2);
    if ((uint16_t)(word[0] | word[1] << 8) != d->used) {
      d->g->read(d->g->self, d->ring + kUsed + 4 + 8 * (d->used % kQueue), used, sizeof used);
      ++d->used;
      d->g->moment(d->g->self, "used-checked"); /* what is checked from here on is our own copy */
      return (int64_t)load32(used + 4);
    }
    d->g->yield(d->g->self);
  }
  return -1;
}

#endif /* VIRTIO_H_ */
