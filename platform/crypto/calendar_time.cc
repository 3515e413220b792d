#include "platform/crypto/calendar_time.h"

#include <chrono>

namespace crypto {

CalendarTime calendar_time(int year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second) {
  using namespace std::chrono;
  const sys_days date = year_month_day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  return duration_cast<seconds>(date.time_since_epoch()).count() + hour * 3600 + minute * 60 + second;
}

}  // namespace crypto
