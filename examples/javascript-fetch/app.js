// A request with the `fetch` of the web, with the arguments METHOD URL [BODY].
import { getArguments } from 'wasi:cli/environment@0.2.0';

export const run = {
  async run() {
    const [, method, url, body] = getArguments();
    try {
      const response = await fetch(url, { method, body });
      console.log(`${response.status}: ${await response.text()}`);
    } catch (error) {
      console.log(`error: ${error.name}`);
    }
  },
};
