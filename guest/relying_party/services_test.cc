#include "guest/relying_party/services.h"

#include <gtest/gtest.h>

#include <numeric>

namespace relying_party {
namespace {

const base::Bytes kSecret(32, 0x42);

struct Owner {
  Owner() : services(kSecret, {{0, "first"}, {100, "second"}}, [this](std::size_t size) { return fresh(size); }, defences) {}
  base::Bytes fresh(std::size_t size) {
    base::Bytes out(size);
    std::iota(out.begin(), out.end(), ++count);
    return out;
  }
  Question question(ServiceCall call, std::string_view name = "", base::View body = {}) {
    Question out{.call = call, .name = base::bytes_of(name), .body = base::bytes_of(body)};
    out.id[0] = ++count;
    out.name_size = static_cast<std::uint32_t>(out.name.size());
    out.body_size = static_cast<std::uint32_t>(out.body.size());
    return out;
  }
  base::Bytes sealed(const Question& question) { return seal_service(service_key(kSecret), Way::kQuestion, fresh(12), wire::encode(question)); }
  std::optional<Answer> ask(const Question& question, Picoseconds at = 0) {
    const auto opened = open_service(service_key(kSecret), Way::kAnswer, services.receive(sealed(question), {.at = at, .calendar = 1768435200}));
    if (!opened || !opened->tag_fits) return std::nullopt;
    const auto answer = wire::decode<Answer>(opened->plain);
    if (!answer) return std::nullopt;
    EXPECT_EQ(answer->question, question.id);
    return *answer;
  }
  ServiceStatus commit(std::uint64_t generation) {
    return ask(question(ServiceCall::kCommit, "disk", wire::encode(StoreRoot{.generation = generation})))->status;
  }
  trust::Defences defences;
  std::uint8_t count = 0;
  Services services;
};

TEST(Services, GivesTheConfigurationThatCountsNow) {
  Owner owner;
  EXPECT_EQ(base::text_of(owner.ask(owner.question(ServiceCall::kConfig), 99)->body), "first");
  EXPECT_EQ(base::text_of(owner.ask(owner.question(ServiceCall::kConfig), 100)->body), "second");
}

TEST(Services, TellsTheTime) {
  Owner owner;
  EXPECT_EQ(base::load_le<std::uint64_t>(owner.ask(owner.question(ServiceCall::kTime))->body), 1768435200u);
}

TEST(Services, KeepsARootThatGoesForwardOnly) {
  Owner owner;
  EXPECT_EQ(owner.ask(owner.question(ServiceCall::kRoot, "disk"))->status, ServiceStatus::kNoSuch);
  EXPECT_EQ(owner.commit(2), ServiceStatus::kRefused);
  EXPECT_EQ(owner.commit(1), ServiceStatus::kDone);
  EXPECT_EQ(owner.commit(1), ServiceStatus::kRefused);
  EXPECT_EQ(owner.commit(2), ServiceStatus::kDone);
  const auto root = wire::decode<StoreRoot>(owner.ask(owner.question(ServiceCall::kRoot, "disk"))->body);
  EXPECT_EQ(root->generation, 2u);
  owner.defences.lift("rp.store.generation");
  EXPECT_EQ(owner.commit(1), ServiceStatus::kDone);
}

TEST(Services, KeepsNoMoreStoresThanItSays) {
  Owner owner;
  const auto first = wire::encode(StoreRoot{.generation = 1});
  for (std::size_t i = 0; i < Services::kStoresMax; ++i)
    EXPECT_EQ(owner.ask(owner.question(ServiceCall::kCommit, std::to_string(i), first))->status, ServiceStatus::kDone);
  EXPECT_EQ(owner.ask(owner.question(ServiceCall::kCommit, "one more", first))->status, ServiceStatus::kRefused);
}

TEST(Services, RefusesEveryQuestionThatIsCutOrAlteredOrAnotherKeys) {
  Owner owner;
  const auto refused = [&](base::View message) { return type_of(owner.services.receive(message, {})) == MessageType::kRefused; };
  const auto good = owner.sealed(owner.question(ServiceCall::kTime));
  EXPECT_FALSE(refused(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_TRUE(refused(base::View(good).first(size))) << size;
  for (std::size_t at = 4; at < good.size(); ++at) {
    auto altered = good;
    altered[at] ^= 1;
    EXPECT_TRUE(refused(altered)) << at;
  }
  auto longer = good;
  longer.push_back(0);
  EXPECT_TRUE(refused(longer));
  EXPECT_TRUE(refused(seal_service(service_key(base::Bytes(32, 1)), Way::kQuestion, base::Bytes(12), wire::encode(owner.question(ServiceCall::kTime)))));
  EXPECT_TRUE(refused(seal_service(service_key(kSecret), Way::kAnswer, base::Bytes(12), wire::encode(owner.question(ServiceCall::kTime)))));
  EXPECT_TRUE(refused(owner.sealed(owner.question(static_cast<ServiceCall>(5)))));
}

TEST(ServiceMessages, AreReadAsTheyWereWritten) {
  for (const auto& schema : service_schemas()) {
    EXPECT_FALSE(schema.check(schema.empty)) << schema.name;
    for (std::size_t size = 0; size < schema.size_min; ++size) EXPECT_TRUE(schema.check(base::Bytes(size))) << schema.name;
  }
}

}  // namespace
}  // namespace relying_party
