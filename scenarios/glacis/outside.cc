#include "scenarios/glacis/outside.h"

#include <filesystem>

#include "platform/base/user_error.h"
#include "platform/crypto/certificate.h"
#include "scenarios/load/document.h"

namespace glacis {

namespace {

constexpr std::string_view kReplay = "replay ";

const load::Attribute* attribute_of(const load::Part& part, const char* name) {
  const auto found = part.attributes.find(name);
  return found == part.attributes.end() ? nullptr : &found->second;
}

const load::Part* part_of(const load::Machine& machine) {
  for (const auto& [name, part] : machine.parts)
    if (attribute_of(part, "responder") || attribute_of(part, "root")) return &part;
  return nullptr;
}

// What the command line names lies where the user stands.
std::string path_from(const load::Place& place, const std::string& name) {
  if (place.file->starts_with("--")) return name;
  return (std::filesystem::path(*place.file).parent_path() / name).lexically_normal().string();
}

base::Bytes read_root(const load::Attribute& attribute) {
  const auto path = path_from(attribute.place, attribute.texts.at(0));
  const std::string text = load::read_text(path);
  const auto bytes = base::bytes_of(base::view_of(text));
  if (!crypto::Certificate::from_der(bytes))
    load::fail(attribute.place, "`" + path + "` is no certificate in DER form");
  return bytes;
}

std::vector<gateway::Conversation> read_recording(const std::string& path) {
  return gateway::conversations_of(load::read_text(path, gateway::kRecordingBytesMax), path);
}

gateway::ClientSettings address_of(const load::Attribute& attribute) {
  try {
    return gateway::parse_responder(attribute.texts.at(0));
  } catch (const base::UserError& error) {
    load::fail(attribute.place, error.what());
  }
}

}  // namespace

bool speaks_outside(const load::Machine& machine) {
  const auto* part = part_of(machine);
  return part && attribute_of(*part, "responder");
}

bool speaks_live(const load::Machine& machine) {
  const auto* part = part_of(machine);
  const auto* responder = part ? attribute_of(*part, "responder") : nullptr;
  return responder && !responder->texts.at(0).starts_with(kReplay);
}

void Door::open(const load::Part& part) {
  engine::Outside outside;
  if (const auto* root = attribute_of(part, "root")) outside.root = read_root(*root);
  if (const auto* responder = attribute_of(part, "responder")) {
    const std::string& text = responder->texts.at(0);
    const bool from_key = text.starts_with(kReplay);
    const auto file = replay_.empty() && from_key ? path_from(responder->place, text.substr(kReplay.size())) : replay_;
    if (!file.empty()) {
      recorded_ = std::make_unique<gateway::RecordedResponder>(read_recording(file), file);
      outside.begin = [this] { return recorded_->begin(); };
    } else {
      live_ = std::make_unique<gateway::LiveResponder>(address_of(*responder));
      outside.begin = [this] { return live_->begin(); };
    }
  }
  outside_ = std::make_shared<const engine::Outside>(std::move(outside));
}

void Door::lend(engine::Run& run) {
  const auto* part = part_of(*run.machine);
  if (!part) return;
  if (!outside_) open(*part);
  run.outside = outside_;
}

std::optional<std::string> Door::recording() const {
  if (!live_) return std::nullopt;
  return gateway::text_of(live_->said());
}

}  // namespace glacis
