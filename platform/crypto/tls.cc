#include "platform/crypto/tls.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

#include "platform/base/check.h"
#include "platform/crypto/algorithms.h"

namespace crypto {

namespace {

using Context = Owned<SSL_CTX, SSL_CTX_free>;
using Connection = Owned<SSL, SSL_free>;
using X509Owned = Owned<X509, X509_free>;
using ParamBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Number = Owned<BIGNUM, BN_clear_free>;

constexpr std::size_t kReadStep = 4096;
constexpr std::size_t kTextMax = 1 << 20;  // taken from one message

Pkey pkey_of(OSSL_LIB_CTX* library, const EcKey& key) {
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  base::Bytes point{4};
  base::append(point, key.public_point());
  Number scalar(BN_bin2bn(key.private_scalar().data(), static_cast<int>(key.private_scalar().size()), nullptr));
  check_openssl(builder && scalar);
  const char* group = key.curve() == Curve::kP256 ? "P-256" : key.curve() == Curve::kP384 ? "P-384" : "P-521";
  check_openssl(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) == 1 &&
                OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1 &&
                OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()) == 1);
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  PkeyContext context(EVP_PKEY_CTX_new_from_name(library, "EC", nullptr));
  EVP_PKEY* out = nullptr;
  check_openssl(params && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                EVP_PKEY_fromdata(context.get(), &out, EVP_PKEY_KEYPAIR, params.get()) == 1);
  return Pkey(out);
}

X509Owned x509_of(OSSL_LIB_CTX* library, const Certificate& certificate) {
  X509* out = X509_new_ex(library, nullptr);
  const std::uint8_t* at = certificate.to_der().data();
  check_openssl(out != nullptr && d2i_X509(&out, &at, static_cast<long>(certificate.to_der().size())) != nullptr);
  return X509Owned(out);
}

}  // namespace

struct TlsEnd::State {
  Library& library;
  std::string actor;
  Context context;
  Connection connection;
  BIO *in = nullptr, *out = nullptr;  // the connection's
  std::uint64_t operations = 0;
  bool dead = false;
  base::Bytes arrived;

  State(Library& the_library, std::string the_actor) : library(the_library), actor(std::move(the_actor)) {
    context.reset(SSL_CTX_new_ex(library.context(), nullptr, TLS_method()));
    check_openssl(context != nullptr);
    check_openssl(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
                  SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION) == 1 &&
                  SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_256_GCM_SHA384") == 1 &&
                  SSL_CTX_set1_groups_list(context.get(), "P-256:P-384") == 1 && SSL_CTX_set_num_tickets(context.get(), 0) == 1);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);  // whoever owns this end judges
  }
  void connect(bool server) {
    connection.reset(SSL_new(context.get()));
    in = BIO_new(BIO_s_mem()), out = BIO_new(BIO_s_mem());
    check_openssl(connection && in && out);
    SSL_set_bio(connection.get(), in, out);
    server ? SSL_set_accept_state(connection.get()) : SSL_set_connect_state(connection.get());
    if (!server) step();
  }
  // Each step's random bytes are its own: what one draws shifts no other.
  void rekey() { library.rekey({.actor = actor, .purpose = "tls", .count = ++operations}); }
  bool settle(int result) {
    const int why = SSL_get_error(connection.get(), result);
    ERR_clear_error();
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_NONE) return true;
    dead = true;
    return false;
  }
  void step() {
    rekey();
    if (!SSL_is_init_finished(connection.get()) && !settle(SSL_do_handshake(connection.get()))) return;
    std::uint8_t text[kReadStep];
    while (!dead && SSL_is_init_finished(connection.get()) && arrived.size() < kTextMax) {
      const int got = SSL_read(connection.get(), text, sizeof(text));
      if (got <= 0) {
        (void)settle(got);
        break;
      }
      base::append(arrived, base::View(text, static_cast<std::size_t>(got)));
    }
  }
};

TlsEnd::TlsEnd(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsEnd::TlsEnd(TlsEnd&&) noexcept = default;
TlsEnd::~TlsEnd() = default;

TlsEnd TlsEnd::client(Library& library, std::string actor) {
  auto state = std::make_unique<State>(library, std::move(actor));
  state->connect(false);
  return TlsEnd(std::move(state));
}

TlsEnd TlsEnd::server(Library& library, std::string actor, const std::vector<Certificate>& chain, const EcKey& key) {
  base::check(!chain.empty(), "a server shows a certificate");
  auto state = std::make_unique<State>(library, std::move(actor));
  SSL_CTX* context = state->context.get();
  state->rekey();
  check_openssl(SSL_CTX_use_certificate(context, x509_of(library.context(), chain.front()).get()) == 1);
  for (std::size_t i = 1; i < chain.size(); ++i)
    check_openssl(SSL_CTX_add1_chain_cert(context, x509_of(library.context(), chain[i]).get()) == 1);
  check_openssl(SSL_CTX_use_PrivateKey(context, pkey_of(library.context(), key).get()) == 1);
  state->connect(true);
  return TlsEnd(std::move(state));
}

bool TlsEnd::receive(base::View records) {
  State& s = *state_;
  if (s.dead) return false;
  if (!records.empty())
    check_openssl(BIO_write(s.in, records.data(), static_cast<int>(records.size())) == static_cast<int>(records.size()));
  s.step();
  return !s.dead;
}

base::Bytes TlsEnd::to_send() {
  base::Bytes out(BIO_ctrl_pending(state_->out));
  if (!out.empty()) check_openssl(BIO_read(state_->out, out.data(), static_cast<int>(out.size())) == static_cast<int>(out.size()));
  return out;
}

bool TlsEnd::established() const { return !state_->dead && SSL_is_init_finished(state_->connection.get()) == 1; }

std::vector<Certificate> TlsEnd::peer() const {
  std::vector<Certificate> out;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(state_->connection.get());
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain); ++i) {
    std::uint8_t* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain, i), &der);
    check_openssl(size > 0);
    const auto certificate = Certificate::from_der({der, static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    if (!certificate) return {};
    out.push_back(*certificate);
  }
  return out;
}

bool TlsEnd::write(base::View text) {
  State& s = *state_;
  if (!established() || text.empty()) return false;
  s.rekey();
  const int put = SSL_write(s.connection.get(), text.data(), static_cast<int>(text.size()));
  if (put == static_cast<int>(text.size())) return true;
  (void)s.settle(put);
  s.dead = true;
  return false;
}

base::Bytes TlsEnd::read() { return std::exchange(state_->arrived, {}); }

}  // namespace crypto
