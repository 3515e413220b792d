/* Which of its edges a guest library has reached, where it was built to tell (-fsanitize-coverage of gcc or clang): this program
 * has the functions that such code calls. */
#ifndef GLACIS_COVERAGE_H_
#define GLACIS_COVERAGE_H_

/* GLACIS_COVERAGE_BYTES with a bit for each edge reached so far; NULL where there is none beside those that were told before. May be
 * called from a signal handler. */
const void* glacis_coverage_news(void);

#endif /* GLACIS_COVERAGE_H_ */
