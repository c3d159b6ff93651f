// The management API: requests with the person's token, and operations as they go on.

import { token } from "./login.js";

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `the management API answers ${status}`);
    this.status = status;
    this.problems = problem.problems ?? [];
    this.operation = problem.operation ?? null;
  }
}

let gone = () => {};
export const whenLoggedOut = (then) => { gone = then; };

async function send(method, path, body) {
  const bearer = await token();
  if (!bearer) { gone(); throw new Refusal(401, { detail: "you are logged out" }); }
  const headers = { Authorization: `Bearer ${bearer}`, ...(body !== undefined && { "Content-Type": "application/json" }) };
  const answer = await fetch(`..${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401) gone();
  return answer;
}

export async function ask(method, path, body) {
  const answer = await send(method, path, body);
  const content = await answer.json().catch(() => ({}));
  // A gateway that is not healthy is told with 503, and what is wrong with it.
  if (!answer.ok && !("healthy" in content)) throw new Refusal(answer.status, content);
  return content;
}

export const get = (path) => ask("GET", path);

// Every state of an operation until it has ended. EventSource cannot carry a token, so the stream is read here.
export async function* states(id) {
  const answer = await send("GET", `/operations/${id}/events`);
  if (!answer.ok) throw new Refusal(answer.status, await answer.json().catch(() => ({})));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; ;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const data = text.slice(0, end).split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(5).trimStart()).join("\n"));
    }
  }
}
