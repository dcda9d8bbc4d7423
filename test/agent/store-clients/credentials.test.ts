import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TemporaryCredentials } from "../../../agent/store/credentials";
import { fileCredentials, instanceCredentials } from "../../../agent/store/credentials-aws";
import { machineToken } from "../../../agent/store/credentials-google";
import { S3Store } from "../../../agent/store/s3";

describe("credentials for a time", () => {
  const minute = 60_000;
  let now = 0;
  let given = 0;
  let fails = false;
  const credentials = () =>
    new TemporaryCredentials(
      () => (fails ? Promise.reject(new Error("metadata: 503")) : Promise.resolve({ value: (given += 1), validMs: 60 * minute })),
      () => now,
    );
  beforeEach(() => {
    [now, given, fails] = [0, 0, false];
  });

  it("are asked for once, and again before they end", async () => {
    const some = credentials();
    expect(await Promise.all([some.current(), some.current()])).toEqual([1, 1]);
    now = 55 * minute;
    expect(await some.current()).toBe(1);
    now = 57 * minute;
    expect(await some.current()).toBe(2);
  });

  it("are kept to their end when there are no new ones, and not asked for at every call", async () => {
    const some = credentials();
    await some.current();
    [now, fails] = [57 * minute, true];
    expect(await some.current()).toBe(1);
    now = 61 * minute;
    await expect(some.current()).rejects.toThrow("metadata: 503");
    fails = false;
    expect(await some.current()).toBe(2);
  });

  it("are asked for anew once the store calls them expired", async () => {
    const some = credentials();
    await some.current();
    some.drop();
    expect(await some.current()).toBe(2);
  });
});

describe("of a machine", () => {
  let server: Server;
  let endpoint = "";
  let answer: (request: IncomingMessage) => { status?: number; text: string };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { status = 200, text } = answer(request);
      response.writeHead(status).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("come from a session of the AWS metadata, under the role's name", async () => {
    const asked: string[] = [];
    answer = ({ method, url = "", headers }) => {
      asked.push(`${method} ${url}`);
      if (url === "/latest/api/token") return { text: "session" };
      if (headers["x-aws-ec2-metadata-token"] !== "session") return { status: 401, text: "" };
      if (url.endsWith("/security-credentials/")) return { text: "orchard-etcd-0\n" };
      const Expiration = new Date(Date.now() + 3_600_000).toISOString();
      return {
        text: JSON.stringify({ Code: "Success", AccessKeyId: "ASIAEXAMPLE", SecretAccessKey: "secret", Token: "token", Expiration }),
      };
    };
    const credentials = instanceCredentials(endpoint);
    const expected = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };
    expect(await credentials.current()).toEqual(expected);
    expect(await credentials.current()).toEqual(expected);
    expect(asked).toEqual([
      "PUT /latest/api/token",
      "GET /latest/meta-data/iam/security-credentials/",
      "GET /latest/meta-data/iam/security-credentials/orchard-etcd-0",
    ]);
  });

  it("are a bearer token of the Google metadata", async () => {
    answer = ({ headers }) =>
      headers["metadata-flavor"] === "Google"
        ? { text: JSON.stringify({ access_token: "ya29", expires_in: 3599, token_type: "Bearer" }) }
        : { status: 403, text: "" };
    expect(await machineToken(endpoint).current()).toBe("ya29");
  });

  it("that are not there make the store unavailable, and say where they should come from", async () => {
    answer = () => ({ status: 404, text: "" });
    const store = new S3Store({ bucket: "b", region: "eu-central-1", endpoint }, instanceCredentials(endpoint));
    expect(await store.get("epoch")).toEqual({ kind: "unavailable", reason: "no credentials: metadata api/token: 404" });
    await expect(machineToken(endpoint).current()).rejects.toThrow("metadata token: 404");
  });

  it("are read from the file again when it changes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "coppice-"));
    const path = join(folder, "store-credentials.json");
    const credentials = fileCredentials(path);
    await expect(credentials.current()).rejects.toThrow("ENOENT");
    for (const secretAccessKey of ["first", "second"]) {
      writeFileSync(path, JSON.stringify({ accessKeyId: "coppice", secretAccessKey }));
      chmodSync(path, 0o600);
      expect(await credentials.current()).toEqual({ accessKeyId: "coppice", secretAccessKey });
    }
    writeFileSync(path, JSON.stringify({ accessKeyId: "coppice" }));
    await expect(credentials.current()).rejects.toThrow(`${path} does not hold accessKeyId and secretAccessKey, and nothing else`);
    rmSync(folder, { recursive: true });
  });

  it("that the store calls expired are dropped, and a wrong clock is set right by the store's", async () => {
    const dates: string[] = [];
    let dropped = 0;
    let code = "ExpiredToken";
    answer = ({ headers }) => {
      dates.push(String(headers["x-amz-date"]));
      return { status: code === "ExpiredToken" ? 400 : 403, text: `<Error><Code>${code}</Code><Message>no</Message></Error>` };
    };
    const credentials = { current: () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" }), drop: () => void (dropped += 1) };
    const store = new S3Store({ bucket: "b", region: "eu-central-1", endpoint }, credentials);
    expect(await store.get("epoch")).toEqual({ kind: "unavailable", reason: "400 ExpiredToken no" });
    expect(dropped).toBe(1);

    code = "RequestTimeTooSkewed";
    const wrong = jest.spyOn(Date, "now").mockReturnValue(Date.parse("2031-01-01T00:00:00Z"));
    expect((await store.get("epoch")).kind).toBe("unavailable");
    await store.get("epoch");
    wrong.mockRestore();
    expect(dates[1]).toBe("20310101T000000Z");
    expect(dates[2]?.slice(0, 8)).toBe(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
  });
});
