import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraProject

/// How each result of a project came about: as a paragraph for a paper, and as the command that gives the same bytes.
struct MethodsDocument: Encodable, Sendable {
  struct Part: Encodable, Sendable {
    let command, text: String
    /// Numbered from 1 in the text.
    let references: [String]
    /// The paragraph with its references, as a text file.
    let document: String
    let commandLine: String
  }
  let parts: [Part]
}

extension ProjectSession {
  /// The analysis first, then the measurements by name.
  func methods() async throws -> MethodsDocument {
    let (workFolder, tools) = (workFolder, tools)
    let input = image.path ?? image.name
    let stem = (micrograph.name as NSString).deletingPathExtension
    let (analysis, actions, measurements) = try await run { state in
      (state.history.analysis, state.history.actions, state.history.measurements)
    }
    var parts: [MethodsDocument.Part] = []
    func add(_ command: String, _ paragraph: MethodsParagraph, _ line: String) {
      parts.append(
        .init(
          command: command, text: paragraph.text, references: paragraph.references, document: paragraph.document,
          commandLine: line))
    }
    if let analysis {
      let folder = Self.folder(of: analysis.result, in: workFolder).path
      var files: [String: String] = [:]
      if analysis.columns == .corrected { files["sites"] = "\(stem).\(Self.columnsName)" }
      if !actions.isEmpty { files["recipe"] = "\(stem).recipe.json" }
      add(
        "analyze", try tools.paragraph("analyze", folder).adding(actions),
        tools.commandLine("analyze", analysis.allSettings, files, input))
    }
    for (command, measurement) in measurements.sorted(by: { $0.key < $1.key }) {
      let view = try await view(of: command)
      let files = Self.files(usesColumns: measurement.usesColumns, hasScribbles: !measurement.scribbles.isEmpty) {
        // The columns of one command are not those of another.
        "\(stem).\(command).\($0)"
      }
      add(
        command, try tools.paragraph(command, view.folder.path),
        tools.commandLine(command, measurement.settings, files, input))
    }
    return MethodsDocument(parts: parts)
  }
}
