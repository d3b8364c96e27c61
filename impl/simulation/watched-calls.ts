/** A broker's way to others, told of to who watches the broker. */

import type { BrokerId } from '../../protocol/ids.ts';
import type { ApiName, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { Outbound } from '../ports.ts';

/** Told of the calls of one API. */
interface CallWatcher<Watched extends ApiName> {
  sent(broker: BrokerId, request: RequestOf<Watched>): void;
  /** The callback is about to run; null: disconnected. */
  answered(
    broker: BrokerId,
    request: RequestOf<Watched>,
    response: ResponseOf<Watched> | null,
  ): void;
  /** It has run. */
  stepEnded(): void;
}

export function watchedCalls<Watched extends ApiName>(
  outbound: Outbound,
  api: Watched,
  watcher: CallWatcher<Watched>,
): Outbound {
  return {
    call: <Api extends ApiName>(
      broker: BrokerId,
      request: RequestOf<Api>,
      timeoutMs: number,
      done: (response: ResponseOf<Api> | null) => void,
    ) => {
      if ((request.api as ApiName) !== api) {
        outbound.call(broker, request, timeoutMs, done);
        return;
      }
      // The compiler does not see that `Api` is `Watched` from here on.
      const watched = request as unknown as RequestOf<Watched>;
      watcher.sent(broker, watched);
      outbound.call(broker, request, timeoutMs, (response) => {
        watcher.answered(broker, watched, response as ResponseOf<Watched> | null);
        done(response);
        watcher.stepEnded();
      });
    },
  };
}
