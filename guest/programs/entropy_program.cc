// A guest that makes a key of its own at first boot.
#include "guest/abi/guest_defences.h"
#include "guest/entropy/pool.h"
#include "guest/programs/programs.h"
#include "platform/crypto/ec_key.h"
#include "platform/crypto/hash.h"

namespace programs {

// make-key
void make_key(abi::Guest& guest, const std::vector<std::string>&) {
  abi::GuestDefences rows(guest, store_rows());
  entropy::Pool pool(rows.get());
  const bool trusts_host = guest.lifted("guest.entropy.host");
  // Whoever has all that was counted has the key.
  const auto count = [&](const base::Bytes& bytes, entropy::Source source) {
    guest.secret("entropy", bytes);
    return pool.add(source, bytes, true);
  };
  const auto offered = guest.host_data("rng-seed");
  guest.moment("offered");
  if (offered && trusts_host) {
    base::Bytes twice = *offered;  // a boot loader's 256 bits, which count as such
    base::append(twice, crypto::sha256(*offered));
    guest.secret("entropy", *offered);
    (void)pool.add(entropy::Source::kHost, twice, true);
  } else if (offered) {
    (void)pool.add(entropy::Source::kHost, *offered, false);
  }
  if (!pool.ready() && !count(guest.random(64), entropy::Source::kProcessor)) return guest.ends("no-entropy");
  const auto seed = pool.draw(48);
  if (!seed) return guest.ends("no-entropy");
  guest.secret("host-key", *seed);
  const auto key = crypto::EcKey::derive(crypto::Curve::kP256, *seed, "ssh host key");
  const auto page = guest.alloc("host-key", 4096);
  guest.write(page, key.private_scalar());
  guest.moment("keyed");
  guest.send("registry", crypto::sha256(key.public_point()));
  guest.ends("keyed");
}

}  // namespace programs
