import Foundation
import TesseraNumerics
import TesseraServer
import TestSupport
import Testing

/// Measurements beside the analysis, as the page asks for them.
@Suite(.slow) struct `A measurement on the screen` {
  private static let path = "/api/projects/1"

  private func json(_ answer: LoopbackClient.Answer) -> [String: Any] {
    (try? JSONSerialization.jsonObject(with: answer.body)) as? [String: Any] ?? [:]
  }

  @Test func `gives maps, is undone, and is there the next time`() async throws {
    let folder = TemporaryFolder()
    let server = try await RunningServer(in: folder)
    let client = server.client
    #expect(await client.post(Self.path + "/measurements", #"{"command": "strain"}"#).status == 202)
    let first = await server.state()
    #expect(first.failure == nil && first.undo == "strain")
    let views = try #require(first.json["views"] as? [[String: Any]])
    #expect(views.compactMap { $0["command"] as? String } == ["strain"])
    #expect(views[0]["sentences"] as? [String] == ["measured."])
    let names = (views[0]["layers"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    #expect(names == ["exx", "eyy", "exy", "rotation"])

    let key = json(await client.ask(Self.path + "/views/strain/layers/exx"))
    #expect(key["kind"] as? String == "values" && (key["colors"] as? [String])?.count == 65)
    #expect(abs((key["low"] as? Double ?? 0) + 0.01) < 1e-6 && abs((key["high"] as? Double ?? 0) - 0.01) < 1e-6)
    let tile = await client.ask(Self.path + "/views/strain/tiles/exx/0/0/0").body
    let samples = tile.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    // No value, the smallest, the largest.
    #expect(samples.count == 256 * 256 && samples.prefix(3) == [0, 1, 65535])
    #expect(await client.ask(Self.path + "/views/strain/tiles/exx/9/0/0").status == 404)
    #expect(await client.ask(Self.path + "/views/strain/layers/ezz").text.contains("no map called ezz"))
    #expect(await client.ask(Self.path + "/views/moire/layers/exx").text.contains("no result of moire yet"))
    #expect(await client.ask(Self.path + "/views/strain/export/strain.tif").status == 200)
    for strange in ["..%2fsites.csv", "nothing.csv", "%2e%2e", "%2e%2e/scan.tif"] {
      #expect(
        (400..<500).contains(await client.ask(Self.path + "/views/strain/export/\(strange)").status), "\(strange)")
    }

    let undone = try #require(State(await client.post(Self.path + "/undo", "{}")))
    #expect((undone.json["views"] as? [Any])?.isEmpty == true && undone.redo == "strain")
    _ = await client.post(Self.path + "/redo", "{}")
    await server.stop()
    let second = try await RunningServer(in: folder)
    #expect(((await second.state()).json["views"] as? [Any])?.count == 1)
    #expect(await second.client.ask(Self.path + "/views/strain/tiles/exx/0/0/0").body == tile)
    await second.stop()
  }

  @Test func `says in the words of the library why there is none`() async throws {
    let server = try await RunningServer()
    let wish = #"{"command": "strain", "settings": {"axis": "none"}}"#
    _ = await server.client.post(Self.path + "/measurements", wish)
    let failed = await server.state()
    #expect(failed.failure == "the image shows no lattice" && failed.undo == nil)
    #expect((failed.json["failures"] as? [String: String])?["strain"] == "the image shows no lattice")
    // The next run forgets it.
    _ = await server.client.post(Self.path + "/measurements", #"{"command": "strain"}"#)
    #expect(((await server.state()).json["failures"] as? [String: String])?.isEmpty == true)
    for (wish, part) in [
      (#"{"command": "analyze"}"#, "no measurement called analyze"),
      (#"{"command": "segment", "uses_columns": true}"#, "takes no columns"),
      (#"{"command": "strain", "scribbles": [{"pattern": 1, "radius": 2, "line": [[1, 1]]}]}"#, "takes no scribbles"),
      (#"{"command": "strain", "uses_columns": true}"#, "nothing has been analysed yet"),
    ] {
      let answer = await server.client.post(Self.path + "/measurements", wish)
      #expect(answer.status == 422 && answer.text.contains(part), "\(answer.text)")
    }
    #expect(
      await server.client.post(Self.path + "/measurements", #"{"command": "segment", "scribbles": [{}]}"#).status == 400
    )
  }

  @Test func `takes what was drawn, and the columns of the analysis`() async throws {
    let server = try await RunningServer()
    let client = server.client
    let wish =
      #"{"command": "segment", "scribbles": [{"pattern": 1, "radius": 3, "line": [[20, 20], [60, 20]]}, {"pattern": 2, "radius": 3, "line": [[40, 200]]}]}"#
    _ = await client.post(Self.path + "/measurements", wish)
    #expect(await server.state().undo == "segmentation by scribbles")
    let tile = await client.ask(Self.path + "/views/segment/tiles/patterns/0/0/0").body
    let labels = tile.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
    // On the line and at its ends, beside it, and on the dot.
    #expect(labels[20 * 256 + 40] == 1 && labels[23 * 256 + 40] == 1 && labels[20 * 256 + 17] == 1)
    #expect(labels[24 * 256 + 40] == 0 && labels[20 * 256 + 16] == 0 && labels[200 * 256 + 42] == 2)
    #expect(labels.count { $0 == 2 } == 29, "the pixels of a disc of radius 3")
    let key = json(await client.ask(Self.path + "/views/segment/layers/patterns"))
    let entries = try #require(key["entries"] as? [[String: Any]])
    #expect(entries.compactMap { $0["text"] as? String } == ["25\u{A0}%", "75\u{A0}%"])
    #expect(await client.ask(Self.path + "/views/segment/export/given/scribbles.tif").status == 200)

    _ = await client.post(Self.path + "/analysis", "{}")
    _ = await server.state()
    _ = await client.post(Self.path + "/measurements", #"{"command": "strain", "uses_columns": true}"#)
    let views = (await server.state()).json["views"] as? [[String: Any]]
    #expect(views?.first { $0["command"] as? String == "strain" }?["warnings"] as? [String] == ["with columns"])
    let given = await client.ask(Self.path + "/views/strain/export/given/columns.csv").body
    #expect(given == (await client.ask(Self.path + "/export/sites.csv").body))
  }

  @Test func `has proposals, motif-cells and methods beside it`() async throws {
    let server = try await RunningServer()
    let client = server.client
    for name in ["review", "cells"] {
      #expect(await client.ask(Self.path + "/\(name)").text.contains("nothing has been analysed yet"), "\(name)")
    }
    #expect((json(await client.ask(Self.path + "/methods"))["parts"] as? [Any])?.isEmpty == true)
    _ = await client.post(Self.path + "/analysis", "{}")
    let state = await server.state()
    let review = json(await client.ask(Self.path + "/review"))
    let proposals = try #require(review["proposals"] as? [[String: Any]])
    #expect(proposals.compactMap { $0["number"] as? String } == state.numbers)
    #expect(proposals.reduce(0) { $0 + ($1["count"] as? Int ?? 0) } <= state.sites)
    #expect(review["outliers"] is [Any])
    // That there are none is a result, and no failure.
    let cells = await client.ask(Self.path + "/cells")
    #expect(cells.status == 200, "\(cells.text)")
    let nodes = try #require((json(cells)["hierarchy"] as? [String: Any])?["nodes"] as? [Any])
    let absence = json(cells)["absence"] as? String
    #expect(nodes.isEmpty == (absence?.contains("motif-cells") == true))
    _ = await client.post(
      Self.path + "/actions", #"{"action": "name", "class": "\#(state.numbers[0])", "name": "corner"}"#)
    let parts = try #require(json(await client.ask(Self.path + "/methods"))["parts"] as? [[String: Any]])
    #expect(parts.count == 1 && (parts[0]["text"] as? String)?.contains("named corner") == true)
    #expect((parts[0]["command_line"] as? String)?.hasPrefix("tessera analyze ") == true)
  }
}
