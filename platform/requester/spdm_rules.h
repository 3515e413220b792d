#pragma once
// What an SPDM requester refuses. Tables follow the conversation; within one, what must be known first stands first.
#include "platform/protocol/spdm/capabilities.h"
#include "platform/protocol/spdm/certificates.h"
#include "platform/protocol/spdm/challenge.h"
#include "platform/protocol/spdm/error.h"
#include "platform/protocol/spdm/measurements.h"
#include "platform/protocol/spdm/vendor_defined.h"
#include "platform/trust/defence.h"

namespace requester {

inline constexpr trust::Act kDetects = trust::Act::kDetect;
inline constexpr trust::Act kRefuses = trust::Act::kRefuse;
inline constexpr trust::Kind kConforms = trust::Kind::kConformance;

// ---- goals ----------------------------------------------------------------------------------------------------------

struct StartCase {
  bool in_order;   // connected, in a session or out of one, as the goal needs it
  bool can;        // both sides have the capabilities that it takes
  bool has_chain;  // of the slot whose key will be used
  bool has_records_left;
};
inline constexpr trust::Rule<StartCase> kStartRules[] = {
    {{"spdm.goal.order", "DSP0274 1.3, 10.2", "A request is sent only in a state that allows it.", kRefuses, kConforms},
     [](const StartCase& c) { return c.in_order; }},
    {{"spdm.goal.capability", "DSP0274 1.3, 10.4", "Only what both sides are capable of is asked for.", kRefuses,
      kConforms},
     [](const StartCase& c) { return c.can; }},
    {{"spdm.goal.certificate", "DSP0274 1.3, 10.6",
      "A signature is asked for only of a slot whose certificate chain was read.", kRefuses, kConforms},
     [](const StartCase& c) { return c.has_chain; }},
    {{"spdm.record.bound", "DSP0277 1.2, 7", "A key seals a bounded number of records.", kRefuses, kConforms},
     [](const StartCase& c) { return c.has_records_left; }},
};

// ---- what is true of every answer -----------------------------------------------------------------------------------

struct ArrivalCase {
  bool arrived;
  bool expected;  // a request is waiting for it
  bool sent_secured;
  bool came_secured;
};
inline constexpr trust::Rule<ArrivalCase> kArrivalRules[] = {
    {{"spdm.response.arrives", "DSP0274 1.3, 9.1", "A request that nobody answers ends what it was for.", kDetects,
      kConforms},
     [](const ArrivalCase& c) { return c.arrived; }},
    {{"spdm.response.expected", "DSP0274 1.3, 9.1", "An answer follows a request.", kRefuses, kConforms},
     [](const ArrivalCase& c) { return c.expected; }},
    {{"spdm.response.secured", "DSP0277 1.2, 7", "What was asked within a session is answered within it.", kDetects},
     [](const ArrivalCase& c) { return !c.sent_secured || c.came_secured; }},
    {{"spdm.response.clear", "DSP0277 1.2, 7", "What was asked in clear is answered in clear.", kRefuses, kConforms},
     [](const ArrivalCase& c) { return c.sent_secured || !c.came_secured; }},
};

struct RecordCase {
  bool has_form;
  bool of_this_session;
  bool opens;
  bool has_text;  // application data, as far as a reader can tell
};
inline constexpr trust::Rule<RecordCase> kRecordRules[] = {
    {{"spdm.record.form", "DSP0277 1.2, 7", "A record has its header and the length that this tells.", kRefuses,
      kConforms},
     [](const RecordCase& c) { return c.has_form; }},
    {{"spdm.record.session", "DSP0277 1.2, 7", "A record names the session that it belongs to.", kRefuses, kConforms},
     [](const RecordCase& c) { return c.of_this_session; }},
    {{"spdm.record.tag", "DSP0277 1.2, 7", "A record is taken once, in its turn, and as the responder sealed it.",
      kDetects},
     [](const RecordCase& c) { return c.opens; }},
    {{"spdm.record.text", "DSP0277 1.2, 7", "What a record hides has the length that it tells.", kRefuses, kConforms},
     [](const RecordCase& c) { return c.has_text; }},
};

struct HeaderCase {
  bool has_header;
  bool is_error;
  bool is_response;  // to the request that was sent
  bool of_version;
};
inline constexpr trust::Rule<HeaderCase> kHeaderRules[] = {
    {{"spdm.response.header", "DSP0274 1.3, 9", "A message has a header.", kRefuses, kConforms},
     [](const HeaderCase& c) { return c.has_header; }},
    {{"spdm.response.error", "DSP0274 1.3, 10.12", "An ERROR ends what its request was for.", kRefuses, kConforms},
     [](const HeaderCase& c) { return !c.is_error; }},
    {{"spdm.response.code", "DSP0274 1.3, 9.3", "A response is of the kind that was asked for.", kRefuses, kConforms},
     [](const HeaderCase& c) { return c.is_response; }},
    {{"spdm.response.version", "DSP0274 1.3, 9.2", "A response speaks the version of its request.", kRefuses,
      kConforms},
     [](const HeaderCase& c) { return c.of_version; }},
};

struct FormCase {
  bool decodes;
};
inline constexpr trust::Rule<FormCase> kFormRules[] = {
    {{"spdm.response.form", "DSP0274 1.3, 9", "A response has the fields and lengths of its kind.", kRefuses,
      kConforms},
     [](const FormCase& c) { return c.decodes; }},
};

// ---- patience and pieces --------------------------------------------------------------------------------------------

struct RetryCase {
  bool may_ask_again;
  bool may_wait_again;
  bool names_request;  // ResponseNotReady is about the request that was sent
  bool may_wait_so_long;
};
inline constexpr trust::Rule<RetryCase> kRetryRules[] = {
    {{"spdm.busy.bound", "DSP0274 1.3, 10.12", "A busy responder is asked a bounded number of times.", kRefuses,
      kConforms},
     [](const RetryCase& c) { return c.may_ask_again; }},
    {{"spdm.not-ready.bound", "DSP0274 1.3, 10.13",
      "An answer that is not ready is asked for a bounded number of times.", kRefuses, kConforms},
     [](const RetryCase& c) { return c.may_wait_again; }},
    {{"spdm.not-ready.request", "DSP0274 1.3, 10.12", "ResponseNotReady names the request that it is about.", kRefuses,
      kConforms},
     [](const RetryCase& c) { return c.names_request; }},
    {{"spdm.not-ready.time", "DSP0274 1.3, 10.12", "Nobody is waited for longer than the requester's patience.",
      kRefuses, kConforms},
     [](const RetryCase& c) { return c.may_wait_so_long; }},
};

struct ChunkCase {
  bool in_order;  // handle and number are those asked for
  bool fits;      // within the size that the first piece told, and within ours; not empty
  bool ends;      // the last piece is marked so, and no other
};
inline constexpr trust::Rule<ChunkCase> kChunkRules[] = {
    {{"spdm.chunk.order", "DSP0274 1.3, 10.27", "Pieces come one after the other.", kRefuses, kConforms},
     [](const ChunkCase& c) { return c.in_order; }},
    {{"spdm.chunk.size", "DSP0274 1.3, 10.27", "Pieces make up a message of the size that was told, and not too large.",
      kRefuses, kConforms},
     [](const ChunkCase& c) { return c.fits; }},
    {{"spdm.chunk.last", "DSP0274 1.3, 10.27", "The last piece, and no other, is marked as the last.", kRefuses,
      kConforms},
     [](const ChunkCase& c) { return c.ends; }},
};

}  // namespace requester
