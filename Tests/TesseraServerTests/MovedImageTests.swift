import Foundation
import TestSupport
import Testing

/// Projects whose images were moved, renamed or changed.
@Suite(.slow) struct `A project whose image lies elsewhere` {
  private let folder = TemporaryFolder()
  private let elsewhere = TemporaryFolder()
  private static let project = "scan.tessera-project"

  /// A project of scan.tif in which one column was added.
  private func begin() async throws {
    let server = try await RunningServer(in: folder)
    #expect(await server.client.post("/api/projects/1/corrections", #"{"add": [[5, 5]]}"#).status == 200)
    await server.stop()
  }

  private func move(_ name: String, to path: String) throws {
    try FileManager.default.moveItem(atPath: folder / name, toPath: path)
  }

  private func lost(_ server: RunningServer) async throws -> [[String: Any]] {
    let answer = await server.client.ask("/api/lost")
    return try #require(try JSONSerialization.jsonObject(with: answer.body) as? [[String: Any]])
  }

  private static let steps = ["one column added"]

  @Test func `finds it beside the project by its checksum`() async throws {
    try await begin()
    try move("scan.tif", to: folder / "renamed.tif")
    for _ in 0..<2 {
      // The second time it is where the project says.
      let server = try await RunningServer(in: folder, opening: [Self.project])
      let state = await server.state()
      #expect(state.json["name"] as? String == "renamed.tif" && state.steps == Self.steps)
      #expect(try await lost(server).isEmpty)
      await server.stop()
    }
  }

  @Test func `is the project of the image under its new name`() async throws {
    try await begin()
    try move("scan.tif", to: folder / "renamed.tif")
    for _ in 0..<2 {
      let server = try await RunningServer(in: folder, opening: ["renamed.tif"])
      #expect(await server.state().steps == Self.steps)
      await server.stop()
    }
    #expect(folder.names == ["renamed.tif", Self.project])
  }

  @Test func `begins anew for a copy while the image is where it was`() async throws {
    try await begin()
    try FileManager.default.copyItem(atPath: folder / "scan.tif", toPath: folder / "copy.tif")
    let server = try await RunningServer(in: folder, opening: ["copy.tif"])
    #expect(await server.state().steps.isEmpty)
    #expect(folder.names.contains("copy.tessera-project"))
  }

  @Test func `asks for it, and takes no other image`() async throws {
    try await begin()
    try move("scan.tif", to: elsewhere / "far.tif")
    try Data("scan.tiF".utf8).write(to: URL(fileURLWithPath: elsewhere / "other.tif"))
    let server = try await RunningServer(in: folder, opening: [Self.project])
    #expect(await server.client.ask("/api/projects").text == "[]")
    let waiting = try #require(try await lost(server).first)
    #expect(waiting["project"] as? String == Self.project && waiting["image"] as? String == folder / "scan.tif")
    #expect(waiting["has_changed"] as? Bool == false)
    func find(_ path: String) async -> LoopbackClient.Answer {
      await server.client.post("/api/lost/1", #"{"path": "\#(path)"}"#)
    }
    let other = await find(elsewhere / "other.tif")
    #expect(other.status == 422 && other.text.contains("its checksum is another"), "\(other.text)")
    let none = await find(folder.path)
    #expect(none.status == 422 && none.text.contains("none has its checksum"), "\(none.text)")
    #expect((400..<500).contains((await find("/nowhere/scan.tif")).status))
    // Another image of the name has a project of its own meanwhile.
    let new = await server.client.ask("POST", "/api/projects?name=scan.tif", body: Data("another".utf8))
    #expect(new.status == 201 && folder.names.contains("scan-2.tessera-project"), "\(new.text)")
    #expect(try await lost(server).count == 1)
    // The folder will do, as it is pasted.
    let found = await find(" '\(elsewhere.path)/' ")
    #expect(found.status == 201, "\(found.text)")
    #expect(try #require(State(found)).steps == Self.steps)
    #expect(try await lost(server).isEmpty)
    #expect((await find(elsewhere / "far.tif")).status == 422)
  }

  @Test func `keeps the image that is dropped on the page`() async throws {
    try await begin()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder / "scan.tif"))
    try FileManager.default.removeItem(atPath: folder / "scan.tif")
    let server = try await RunningServer(in: folder, opening: [Self.project])
    let answer = await server.client.ask("POST", "/api/projects?name=dropped.tif", body: bytes)
    #expect(answer.status == 201)
    #expect(try #require(State(answer)).steps == Self.steps)
    #expect(try await lost(server).isEmpty)
    await server.stop()
    let again = try await RunningServer(in: folder, opening: [Self.project])
    #expect(await again.state().steps == Self.steps)
    #expect(folder.names == [Self.project] || folder.names == [Self.project, Self.project + "-journal"])
  }

  @Test func `says that the file there is another one by now`() async throws {
    try await begin()
    try Data("changed".utf8).write(to: URL(fileURLWithPath: folder / "scan.tif"))
    let server = try await RunningServer(in: folder, opening: [Self.project])
    #expect(try await lost(server).first?["has_changed"] as? Bool == true)
  }
}
