import Foundation
import TesseraFormats
import TesseraProject
import TestSupport
import Testing

/// Projects whose parts do not belong together.
@Suite(.slow) struct `A damaged project on the screen` {
  private static let path = "/api/projects/1"
  private let folder = TemporaryFolder()
  private var projectPath: String { folder / "scan.tessera-project" }

  @Test func `with another number of sites than its result is not opened`() async throws {
    let server = try await RunningServer(in: folder)
    _ = await server.client.post(Self.path + "/analysis", "{}")
    #expect(await server.state().sites > 20)
    await server.stop()
    do {
      let file = try ProjectFile(path: projectPath)
      var analysis = try #require(try file.history().analysis)
      analysis.siteCount += 1
      _ = try file.add(.analysis(analysis))
      try file.close()
    }
    let error = await #expect(throws: FormatError.self) { _ = try await RunningServer(in: folder) }
    #expect(error?.description.contains("but its result has") == true)
  }

  @Test func `says that the files of a result are missing, as often as it is asked`() async throws {
    do {
      let file = try ProjectFile(path: projectPath)
      _ = try file.add(.measurement(.init(command: "strain", result: 99, settings: [:], sentences: ["measured."])))
      try file.close()
    }
    let server = try await RunningServer(in: folder)
    for _ in 0..<2 {
      let views = try #require(await server.state().json["views"] as? [[String: Any]])
      #expect(views.count == 1 && views[0]["sentences"] as? [String] == ["measured."])
      #expect((views[0]["warnings"] as? [String])?.contains { $0.contains("lacks the files") } == true)
      let map = await server.client.ask(Self.path + "/views/strain/layers/exx")
      #expect(map.text.contains("lacks the files"), "\(map.text)")
    }
    #expect(server.workNames.allSatisfy { !$0.contains("unfinished-") && !$0.contains("result-") })
  }
}
