// The page of `glacis serve --web`. The token of its address stays in memory and goes with the socket alone.
import { LivePage } from './live_page';
import { Socket } from './live_socket';

const page = new LivePage(document.getElementById('app')!);
const token = new URLSearchParams(location.search).get('token') ?? '';
page.socket = new Socket(token, (open, why) => {
  if (open) page.connected().catch((error: Error) => page.say(error.message, true));
  else page.say(`${why}; trying again…`, true);
});
