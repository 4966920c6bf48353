/* Python as the page sees it: one program at a time, and at any time a stop.

   A state is one of "starting", "ready", "running", "stopped" and "failed"; after a stop Python starts again, and is
   ready a second later. A program that is run before that waits. */

export class Python {
  #load;
  #parts = null;
  #runner;
  #told;
  #worker = null;
  #isReady = false;
  #waiting = null;

  /* `load` gives a promise of what worker.js needs. `told` has a function for each event: state(name, detail), event(name,
     detail) and ended(isWhole). */
  constructor(load, runner, told) {
    this.#load = load;
    this.#runner = runner;
    this.#told = told;
    this.state = "";
    this.#start("starting");
  }

  run(program, lang) {
    this.#waiting = { program, lang };
    if (this.state === "failed") {
      this.#start("starting");
    } else if (this.#isReady) {
      this.#next();
    }
  }

  /* End the program, or the wait for it. */
  stop() {
    this.#waiting = null;
    if (this.state === "running") { this.#start("stopped"); }
  }

  get isWaiting() {
    return this.#waiting !== null;
  }

  #tell(state, detail = "") {
    this.state = state;
    this.#told.state(state, detail);
  }

  async #start(state) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#isReady = false;
    this.#tell(state);
    let parts;
    try {
      this.#parts ??= this.#load();
      parts = await this.#parts;
    } catch (error) {
      this.#parts = null; /* a network may be back later */
      this.#fail(error.message);
      return;
    }
    /* From a text rather than an address, so that the policy of the page holds for it on every host. */
    const address = URL.createObjectURL(new Blob([parts["worker.js"]], { type: "text/javascript" }));
    const worker = new Worker(address);
    this.#worker = worker;
    worker.onmessage = ({ data }) => { if (worker === this.#worker) { this.#hear(data); } };
    worker.onerror = (event) => { if (worker === this.#worker) { this.#fail(event.message || "worker.js"); } };
    const { "worker.js": _, ...rest } = parts;
    worker.postMessage({ parts: rest, runner: this.#runner });
  }

  /* A program may send messages of its own, since it can reach what worker.js does. */
  #hear(data) {
    if (typeof data !== "object" || data === null) { return; }
    if (data.ready) {
      this.#isReady = true;
      this.version = data.ready;
      if (this.#waiting) {
        this.#next();
      } else {
        this.#tell("ready", data.ready);
      }
    } else if (data.event) {
      this.#told.event(data.event, data.detail);
    } else if ("ended" in data) {
      const seconds = (performance.now() - this.since) / 1000;
      this.#told.ended(data.ended, seconds);
      this.#tell("ready", seconds);
    } else if (data.failed) {
      this.#fail(data.failed);
    }
  }

  #next() {
    const given = this.#waiting;
    this.#waiting = null;
    this.since = performance.now();
    this.#tell("running");
    this.#worker.postMessage(given);
  }

  #fail(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#isReady = false;
    this.#waiting = null;
    this.#tell("failed", reason);
  }
}
