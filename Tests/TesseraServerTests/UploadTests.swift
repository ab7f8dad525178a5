import Foundation
import TestSupport
import Testing

@Suite(.slow) struct `A file that is dropped on the page` {
  /// Without the journals that lie beside them while they are open.
  private func projects(of server: RunningServer) -> [String] {
    server.folder.names.filter { $0.hasSuffix(".tessera-project") }
  }

  @Test func `becomes a project that keeps the file`() async throws {
    let server = try await RunningServer(opening: [])
    let answer = await server.client.ask("POST", "/api/projects?name=new.tif", body: Data(repeating: 7, count: 100_000))
    #expect(answer.status == 201)
    #expect(try #require(State(answer)).json["name"] as? String == "new.tif")
    #expect(projects(of: server) == ["new.tessera-project"])
    #expect(await server.client.ask("/api/projects").text.contains("new.tif"))
  }

  @Test func `of the same name and other bytes is another project`() async throws {
    let server = try await RunningServer(opening: [])
    _ = await server.client.ask("POST", "/api/projects?name=new.tif", body: Data("one".utf8))
    _ = await server.client.ask("POST", "/api/projects?name=new.tif", body: Data("two".utf8))
    #expect(projects(of: server) == ["new-2.tessera-project", "new.tessera-project"])
    // The same bytes once more are what is open already.
    let again = await server.client.ask("POST", "/api/projects?name=new.tif", body: Data("one".utf8))
    #expect(try #require(State(again)).json["id"] as? Int == 1)
  }

  @Test func `has a project of its own where several come at once`() async throws {
    let server = try await RunningServer(opening: [])
    let answers = await withTaskGroup(of: Int?.self) { group in
      for k in 0..<6 {
        group.addTask {
          let answer = await server.client.ask(
            "POST", "/api/projects?name=new\(k).tif", body: Data(repeating: UInt8(k), count: 10_000))
          return State(answer)?.json["id"] as? Int
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(answers.compactMap { $0 }) == Set(1...6), "\(answers)")
  }

  @Test(arguments: ["", "..", "../x.tif", "a%2fb.tif", ".hidden", "a%00b", "a%0ab"])
  func `needs a name`(name: String) async throws {
    let server = try await RunningServer(opening: [])
    let answer = await server.client.ask("POST", "/api/projects?name=\(name)", body: Data("x".utf8))
    #expect(answer.status == 400, "\(answer.text)")
    #expect(server.folder.names.isEmpty)
  }

  @Test func `is refused where it is too large, before its bytes come`() async throws {
    let server = try await RunningServer(opening: [])
    let answer = await server.client.ask(
      "POST", "/api/projects?name=large.tif", headers: ["Content-Length": "10000000000"], patience: 10)
    #expect(answer.status == 413)
    #expect(answer.text.contains("4 GiB"))
    #expect(await server.client.ask("/api/health").status == 200)
  }

  @Test func `is refused where it is no image, and leaves nothing`() async throws {
    let server = try await RunningServer(opening: [])
    let answer = await server.client.ask("POST", "/api/projects?name=bad.tif", body: Data("x".utf8))
    #expect(answer.status == 422 && answer.text.contains("\"bad.tif: is no image\""), "\(answer.text)")
    #expect(server.folder.names.isEmpty)
  }
}
