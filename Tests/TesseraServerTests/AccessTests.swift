import Foundation
import TesseraServer
import TestSupport
import Testing

/// Who may ask the server.
@Suite(.slow) struct `The door of the screen` {
  @Test func `opens for the token and the cookie`() async throws {
    let server = try await RunningServer(opening: [])
    let stranger = AsyncClient(client: LoopbackClient(port: server.port))
    let first = await stranger.ask("/?token=\(server.token)")
    #expect(first.status == 200 && first.text.contains("<html"))
    let cookie = try #require(first.headers["set-cookie"])
    #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"))
    let pair = String(cookie.prefix { $0 != ";" })
    #expect(await stranger.ask("/api/health", headers: ["Cookie": pair]).status == 200)
    #expect(await stranger.ask("/api/health", headers: ["Cookie": "other=1; \(pair)"]).status == 200)
    #expect(await stranger.ask("/api/health?token=\(server.token)").text.contains("\"ok\""))
  }

  @Test func `says what a page may do`() async throws {
    let server = try await RunningServer(opening: [])
    let headers = await server.client.ask("/").headers
    let policy = try #require(headers["content-security-policy"])
    #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
    #expect(headers["x-content-type-options"] == "nosniff")
    #expect(headers["cache-control"] == "no-store")
    #expect(headers["cross-origin-resource-policy"] == "same-origin")
  }

  @Test func `stays closed for everyone else`() async throws {
    let server = try await RunningServer()
    let (right, stranger) = (server.client, AsyncClient(client: LoopbackClient(port: server.port)))
    let cookie = ["Cookie": "tessera-\(server.port)=\(server.token)"]
    let refused: [LoopbackClient.Answer] = [
      await stranger.ask("/"), await stranger.ask("/api/health"), await stranger.ask("/assets/main.js"),
      await stranger.ask("/api/health?token="),
      await stranger.ask("/api/health?token=" + String(repeating: "x", count: 64)),
      await stranger.ask("/api/health?token=\(server.token.dropLast())"),
      await stranger.ask("/api/health", headers: ["Cookie": "tessera-1=\(server.token)"]),
      await right.ask("/api/health", headers: ["Host": "evil.example"]),
      await right.ask("/api/health", headers: ["Host": "127.0.0.1"]),
      await right.ask("/api/health", headers: ["Host": "127.0.0.1:\(server.port + 1)"]),
      await right.ask("/api/health", headers: ["Origin": "http://evil.example"]),
      await right.ask("/api/health", headers: ["Origin": "null"]),
      await right.ask("/api/health", headers: ["Origin": "http://127.0.0.1:\(server.port + 1)"]),
      await stranger.ask(
        "POST", "/api/projects/1/undo", headers: cookie.merging(["Origin": "https://127.0.0.1:\(server.port)"]) { $1 }),
    ]
    for (index, answer) in refused.enumerated() {
      #expect(answer.status == 403, "request \(index)")
      #expect(answer.headers["set-cookie"] == nil && !answer.text.contains(server.token), "request \(index)")
      #expect(answer.text.contains("\"error\""), "request \(index)")
    }
    for host in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
      let own = "\(host):\(server.port)"
      #expect(
        await right.ask("/api/health", headers: ["Host": own, "Origin": "http://\(own)"]).status == 200, "\(host)")
    }
  }

  @Test func `leads nowhere else`() async throws {
    let server = try await RunningServer(opening: [])
    for path in [
      "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "/assets/../api/health",
      "//etc/passwd", "/assets/", "/api/projects/1", "/api/projects/x", "/api/nothing",
    ] {
      let answer = await server.client.ask(path)
      #expect((400..<500).contains(answer.status), "\(path) \(answer.status)")
      #expect(!answer.text.contains("root:"), "\(path)")
    }
  }

  @Test func `survives what is no request`() async throws {
    let server = try await RunningServer()
    let client = server.client
    for bytes in [
      "\0\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET\r\n\r\n",
      "POST /api/projects/1/actions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 50_000) + "\r\n",
    ] {
      _ = await client.exchange(Data(bytes.utf8), patience: 2)
    }
    for body in ["", "{", "[]", "nul", #"{"action": 3}"#, #"{"action": "explode"}"#, "\u{0}", #"{"action": "split"}"#] {
      let answer = await client.post("/api/projects/1/actions", body)
      #expect((400..<500).contains(answer.status), "\(body): \(answer.status)")
      #expect(answer.text.contains("\"error\""))
    }
    #expect(await client.ask("/api/health").status == 200)
  }

  @Test func `answers 200 requests at once`() async throws {
    let server = try await RunningServer(opening: [])
    let client = server.client
    let statuses = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<200 {
        group.addTask { await client.ask("/api/health").status }
      }
      return await group.reduce(into: [Int]()) { $0.append($1) }
    }
    #expect(statuses.count { $0 == 200 } == 200)
  }
}
