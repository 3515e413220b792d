/* What guest code sees of its machine, and all it sees. Plain C, so that code in any language can be the guest. Native locals of
 * the guest are trusted; the adversary touches what goes through these calls: emulated memory, the variables declared live, and
 * order, since every call is a step at which the host may act.
 *
 * Unless said otherwise a call returns GLACIS_OK or a negative status. A call that the machine can never complete (the host took
 * the page away, the vCPU cannot be entered) does not return: the guest has stopped, which is safe. Addresses are guest physical,
 * sizes are bytes, integers are little-endian where they lie in memory. */
#ifndef GLACIS_GUEST_H_
#define GLACIS_GUEST_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GLACIS_GUEST_ABI_VERSION 6u

enum glacis_status {
  GLACIS_OK = 0,
  GLACIS_REFUSED = -1,     /* a defence of the machine, the firmware or the guest's own kernel refused */
  GLACIS_NO_SUCH = -2,     /* this machine has no such thing (evidence on a machine without a security manager) */
  GLACIS_BAD_ARGUMENT = -3,
  GLACIS_TOO_SMALL = -4,   /* the buffer; the size needed is stored */
  GLACIS_TIMED_OUT = -5,   /* nobody answered */
};

/* Where a VM's guest physical addresses end. A length that the host gives may be longer: no call reads or writes so much. */
#define GLACIS_VM_BYTES 0x1000000ull

enum glacis_attribute { GLACIS_PRIVATE = 0, GLACIS_SHARED = 1 };

/* For evidence, in the place of a privilege level: asked by whoever holds the VM's TPM inside its trust boundary, and bound to the TPM's
 * endorsement key; NO_SUCH where nobody does. */
#define GLACIS_SERVICE_LEVEL 0x100

/* For device_accept: who the device is, and nothing about its interfaces. */
#define GLACIS_IDENTITY_ONLY 0xffffu

struct glacis_guest {
  uint32_t version; /* GLACIS_GUEST_ABI_VERSION */
  void* self;       /* first argument of every call */

  /* Memory. `alloc` gives whole pages under a name that scenarios can use (vm0.page.NAME); 0 when there is none left. */
  uint64_t (*alloc)(void* self, const char* name, uint64_t bytes, int attribute);
  int (*read)(void* self, uint64_t gpa, void* out, uint64_t bytes);
  int (*write)(void* self, uint64_t gpa, const void* bytes, uint64_t count);
  /* Page-state change with what the technology asks of a guest (PSC and PVALIDATE on SNP). Content is lost. */
  int (*convert)(void* self, uint64_t gpa, uint64_t bytes, int attribute);
  /* Tells ground truth that this range now holds a secret of that name. Costs nothing and does nothing to the machine. */
  void (*secret)(void* self, const char* name, const void* bytes, uint64_t count);

  /* The vCPU. A live variable is in registers at every exit until it is dropped (variable NULL drops all). `yield` exits. */
  int (*live)(void* self, void* variable, uint64_t bytes);
  int (*yield)(void* self);
  int (*cpuid)(void* self, uint32_t leaf, uint32_t subleaf, uint32_t eax_ebx_ecx_edx[4]);
  /* Random bytes of the CPU (RDRAND), which the host cannot choose. */
  int (*random)(void* self, void* out, uint64_t bytes);

  /* The security manager. `evidence` stores the evidence and what the host sent along with it (certificates). */
  int (*evidence)(void* self, const uint8_t report_data[64], int privilege_level, void* out, uint64_t* bytes, void* aux,
                  uint64_t* aux_bytes);
  /* Whose evidence that is, as configfs-tsm calls it: "sev_guest", "tdx_guest"; NULL where there is none. */
  const char* (*provider)(void* self);
  int (*derive_key)(void* self, uint64_t field_select, uint8_t key[32]);
  int (*launch_secret)(void* self, void* out, uint64_t* bytes); /* what the owner had injected at launch */

  /* The network, which the host carries. `receive` waits for simulated time, then gives up. */
  int (*send)(void* self, const char* peer, const void* bytes, uint64_t count);
  int (*receive)(void* self, const char* peer, void* out, uint64_t* bytes);

  /* Devices, by the names of the machine file ("gpu0"). The host carries configuration accesses (of 4 bytes) and data objects of the
   * device's DOE mailbox, headers included. MMIO goes over the device's stream once the interface is the guest's, and through the
   * host before. `device_share` lets the device reach shared memory by DMA. `device_call` is a call of platform/protocol/tio to
   * whoever holds the root port's keys and the tables of trusted DMA. */
  int (*device_config)(void* self, const char* device, uint32_t offset, uint32_t* value, int write);
  int (*device_object)(void* self, const char* device, const void* object, uint64_t bytes, void* out, uint64_t* out_bytes);
  int (*device_mmio)(void* self, const char* device, uint32_t bar, uint64_t offset, void* bytes, uint64_t count, int write);
  int (*device_share)(void* self, const char* device, uint64_t gpa, uint64_t bytes);
  int (*device_call)(void* self, const char* device, uint32_t call, const void* in, uint64_t bytes);
  /* Where firmware of the machine speaks to the device in the guest's place (`device_managed` is 1), the guest asks the host to bind,
   * run and unbind the interface, the firmware about it (`tdi_call`: tio::ManagedCall of platform/protocol/tio/managed.h, which the
   * kernel carries out in its technology's own way), and reads what the firmware found (`device_evidence`: tio::EvidencePart), which
   * the host carries. */
  int (*device_managed)(void* self, const char* device);
  int (*tdi_call)(void* self, const char* device, uint32_t call, const void* in, uint64_t bytes, void* out, uint64_t* out_bytes);
  int (*device_evidence)(void* self, const char* device, uint32_t part, void* out, uint64_t* bytes);
  /* What the guest's own image holds under a name: the owner put it there. */
  int (*image_file)(void* self, const char* name, void* out, uint64_t* bytes);
  /* A guarded act: from here on the guest trusts the device, which it believes to be locked under these flags (TDISP). */
  void (*device_accept)(void* self, const char* device, uint16_t lock_flags); /* or GLACIS_IDENTITY_ONLY */

  /* What the host hands a guest beside its image, by name: "acpi/DSDT", "cmdline", "initrd", "boot-params", "cloud-init", "fw_cfg/FILE",
   * "rom/DEVICE". It is the host's word unless the platform measured it. NO_SUCH: the host has nothing of that name. */
  int (*host_data)(void* self, const char* name, void* out, uint64_t* bytes);
  /* Time in nanoseconds: of the "tsc" and of "kvmclock" since boot, of the "rtc" since 1970. Whose word each is, is the platform's. */
  int (*clock)(void* self, const char* source, uint64_t* nanoseconds);
  /* A model-specific register, as RDMSR and WRMSR; NO_SUCH where the architecture has none. */
  int (*msr)(void* self, uint32_t index, uint64_t* value, int write);
  /* The oldest interrupt or exception that was delivered and that the kernel left to the program; `info` is its error code. NO_SUCH:
   * none waits. */
  int (*interrupt)(void* self, uint32_t* vector, uint64_t* info);
  /* Measurement registers, named as the kernel's tsm-mr files: "mrtd:sha384", "rtmr2:sha384". `extend` hashes the digest into the
   * run-time register of that number; NO_SUCH where the technology has none. */
  int (*extend)(void* self, uint32_t index, const uint8_t digest[48]);
  int (*measured)(void* self, const char* name, void* out, uint64_t* bytes);
  /* A TPM 2.0 command, header included, and its response. NO_SUCH: this VM has no TPM. */
  int (*tpm)(void* self, const void* command, uint64_t bytes, void* out, uint64_t* out_bytes);

  /* The play. A moment is a point that a scenario may name (vm0.NAME). A defence of the guest's own is asked with `defend`: 1 when
   * the guest may go on (it holds, or it is lifted), 0 when the guest must not. `guard` announces a guarded act: "login KEY" lets in
   * whoever holds KEY, which the owner's configuration of that moment allows or not; of any other act the guest says itself whether its
   * cause is `entitled`. `promise` names one of the six promises that the program finds broken, or one of its own. */
  void (*moment)(void* self, const char* name);
  int (*defend)(void* self, const char* defence, int holds);
  int (*lifted)(void* self, const char* defence); /* 1: this world has taken the defence away */
  void (*guard)(void* self, const char* act, int entitled);
  void (*promise)(void* self, const char* name, int holds);
  void (*ends)(void* self, const char* state);
  void (*log)(void* self, const char* text);
};

#ifdef __cplusplus
}
#endif
#endif /* GLACIS_GUEST_H_ */
