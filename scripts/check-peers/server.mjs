// Runs the server over a data directory for the time of a check, and notices crashes and hangs.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds within which every single answer must be there. */
const ANSWER_TIMEOUT = 240_000;
/** Milliseconds within which the server must end after SIGTERM. */
const DRAIN_TIMEOUT = 120_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer().on("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

/** GET with a deadline; the body is whole, or the promise fails. */
export async function get(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT) });
  const body = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", body };
}

/** What the server tells its operator, or null where it does not answer yet. */
export async function readState(admin) {
  try {
    return JSON.parse((await get(`${admin}/readyz`)).body);
  } catch {
    return null;
  }
}

/**
 * Starts the server, waits until `isReady` says yes to its state (without one: until it
 * answers), hands the URLs of its public and its admin listener to `use`, and stops it.
 *
 * Returns what `use` returned, the log, and a list of faults: a start that fails, an end
 * before it was told to, a panic in the log, an end that takes too long.
 */
export async function withServer(
  { program, data, options = [], environment = {}, isReady = (state) => state !== null, patience = 60 },
  use,
) {
  const addresses = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
  const [base, admin] = addresses.map((address) => `http://${address}`);
  const server = spawn(
    program,
    ["serve", "--data", data, "--listen", addresses[0], "--listen-admin", addresses[1], ...options],
    {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const faults = [];
  let [log, ended, stopping] = ["", false, false];
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (text) => (log += text));
  const end = new Promise((resolve) => {
    server.on("exit", (code, signal) => {
      ended = true;
      if (!stopping) faults.push(`the server ended by itself: ${signal ?? code}`);
      else if (code !== 0) faults.push(`the server ended with ${signal ?? code} on SIGTERM`);
      resolve();
    });
    server.on("error", (error) => {
      ended = true;
      faults.push(`the server does not start: ${error.message}`);
      resolve();
    });
  });
  let result;
  try {
    const deadline = Date.now() + patience * 1000;
    while (!ended && !isReady(await readState(admin))) {
      if (Date.now() > deadline) {
        faults.push(`the server is not ready after ${patience} s`);
        break;
      }
      await sleep(100);
    }
    if (faults.length === 0) result = await use(base, admin);
  } finally {
    stopping = true;
    if (!ended) {
      server.kill("SIGTERM");
      const late = setTimeout(() => {
        faults.push(`the server does not end ${DRAIN_TIMEOUT / 1000} s after SIGTERM`);
        server.kill("SIGKILL");
      }, DRAIN_TIMEOUT);
      await end;
      clearTimeout(late);
    }
  }
  if (/panicked/.test(log))
    faults.push(`a panic: ${log.split("\n").find((line) => line.includes("panicked"))}`);
  return { result, log, faults };
}

/** Runs a program to its end; `timedOut` where that takes too long. */
export function run(program, parameters, { seconds = 60, environment = {}, input } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { env: { ...process.env, ...environment } });
    const output = { stdout: [], stderr: [] };
    let timedOut = false;
    const late = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, seconds * 1000);
    for (const name of ["stdout", "stderr"]) child[name].on("data", (bytes) => output[name].push(bytes));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(late);
      const stdout = Buffer.concat(output.stdout);
      resolve({ code, signal, timedOut, stdout, stderr: Buffer.concat(output.stderr).toString() });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
