#ifndef CLIENT_STREAM_H_
#define CLIENT_STREAM_H_
#include "guest/remote/glacis_client.h"
#ifdef __cplusplus
extern "C" {
#endif

/* glacis_serve; where the client would end its process, the exit code instead. The guest's frames are left as they are. */
int serve_until_it_leaves(int fd, glacis_main_fn guest_main);

#ifdef __cplusplus
}
#endif
#endif /* CLIENT_STREAM_H_ */
