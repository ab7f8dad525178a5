import Foundation
import TestSupport
import Testing

/// `hierarchy.json` against the schema that documents it.
struct `The schema of the hierarchy` {
  let folder = ScratchFolder()

  private func schema() throws -> JSONSchema {
    try JSONSchema(Data(contentsOf: Repository.root.appending(path: "docs/hierarchy.schema.json")))
  }

  private func hierarchy(_ result: String) throws -> Data { try folder.data("\(result)/hierarchy.json") }

  @Test(.slow, arguments: ["stm-vacancies", "mose2", "quasiperiodic"])
  func `describes what is written, before and after a split`(specimen: String) throws {
    let made = try CommandRun(["simulate", specimen, "--size", "448", "-o", "a.tif"], in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    let run = try CommandRun(["motifs", "a.tif", "-o", "r"], in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let schema = try schema()
    #expect(try schema.complaints(about: hierarchy("r")) == [])
    let split = try CommandRun(["classes", "split", "r", "1", "--classes", "2"], in: folder.path)
    #expect(split.status == 0, "\(split.errors)")
    let after = try hierarchy("r")
    #expect(try schema.complaints(about: after) == [])
    // Parts of classes are texts; there are such.
    #expect(String(decoding: after, as: UTF8.self).contains("\"1.1\""))
  }

  @Test(arguments: [
    ("{", "}", "lacks"), ("\"dominant\": [1]", "\"dominant\": [0]", "below"),
    ("\"dominant\"", "\"perfect\"", "unknown key"),
    ("\"members\": [1, \"2.1\"]", "\"members\": [1, \"two\"]", "none of what"),
    ("\"level\": 1", "\"level\": 1.5", "no integer"), ("\"q_value\": 0.5", "\"q\": 0.5", "without q_value"),
    ("\"count\": 3,", "", "lacks count"),
  ])
  func `refuses what is not so`(text: String, change: String, complaint: String) throws {
    let document = """
      {"types": [{"type": 1, "count": 3, "members": [1, "2.1"], "extras": []}], "dominant": [1],
       "nodes": [{"level": 1, "size": 2, "count": 1, "cell_count": 1, "composition": [{"label": 1, "count": 1}],
         "cells": [{"i": 0, "j": -1, "type": 1}], "occurrences": 1, "expected": 0.2, "p_value": 0.3, "q_value": 0.5}],
       "edges": [{"lower": 0, "higher": 1, "difference": 1}], "larger_groups": 0, "cells_in_larger_groups": 0, "cut_groups": 0}
      """
    let schema = try schema()
    #expect(try schema.complaints(about: Data(document.utf8)) == [])
    let changed = text == "{" ? "{}" : document.replacing(text, with: change)
    #expect(changed != document)
    let complaints = try schema.complaints(about: Data(changed.utf8))
    #expect(complaints.contains { $0.contains(complaint) }, "\(complaints)")
  }
}
