import TesseraMethods

/// The manual page of a command in the language of man(7), made of what `--help` says: what it does, its commands, options and
/// their values, examples and exit statuses.
///
/// The parser's own generator puts a discussion into one paragraph, examples with it, lists neither commands nor values, and
/// says of exit statuses that failure is above 0.
struct ManualPage {
  let command: CommandDescription

  /// The name of the page, `tessera-classes-split`.
  var name: String { command.words.joined(separator: "-") }

  /// A page for each command that help lists.
  static func all() throws -> [ManualPage] {
    func pages(_ command: CommandDescription) -> [ManualPage] {
      [ManualPage(command: command)] + command.shownCommands.flatMap(pages)
    }
    return pages(try CommandDescription(of: TesseraCommand.self))
  }

  var text: String {
    let (paragraphs, examples) = parts
    var lines = [
      ".TH \(Self.escaped(name.uppercased())) 1 \"\" \"Tessera \(TesseraVersion.current)\" \"Tessera\"", ".SH NAME",
      "\(Self.escaped(name)) \\- \(Self.escaped(command.abstract ?? ""))", ".SH SYNOPSIS", ".nf",
      ".B " + Self.escaped(command.words.joined(separator: " ")) + synopsis, ".fi",
    ]
    lines += [".SH DESCRIPTION"] + ([command.abstract ?? ""] + paragraphs).flatMap(Self.paragraph)
    if !command.shownCommands.isEmpty {
      lines.append(".SH COMMANDS")
      for one in command.shownCommands {
        lines += [".TP", ".B \(Self.escaped(one.commandName))", Self.escaped(one.abstract ?? "")]
      }
    }
    lines += arguments
    if !examples.isEmpty { lines += [".SH EXAMPLES"] + examples.flatMap(Self.paragraph) }
    lines.append(".SH EXIT STATUS")
    for (status, words) in ExitStatus.meanings { lines += [".TP", ".B \(status)", Self.escaped(words)] }
    lines += [".TP", ".B 130", "interrupted (Ctrl\\-C); unfinished results are removed"]
    let others = related
    if !others.isEmpty {
      lines += [".SH SEE ALSO"] + [others.map { ".BR \(Self.escaped($0)) (1)" }.joined(separator: " ,\n")]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Pages above and below this one.
  private var related: [String] {
    let above = command.words.indices.dropLast().map { command.words[...$0].joined(separator: "-") }
    return above + command.shownCommands.map { ManualPage(command: $0).name }
  }

  private var synopsis: String {
    if !command.shownCommands.isEmpty { return " \\fIcommand\\fR [\\fIoptions\\fR]" }
    let words = command.shownArguments.filter { $0.kind == "positional" }.map { argument in
      let word = "\\fI\(Self.escaped(argument.valueName ?? ""))\\fR" + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? "[\(word)]" : word
    }
    return ([" [\\fIoptions\\fR]"] + words).joined(separator: " ")
  }

  /// Arguments and options, in the sections of `--help`.
  private var arguments: [String] {
    let all = command.shownArguments
    var lines: [String] = []
    let operands = all.filter { $0.kind == "positional" }
    if !operands.isEmpty { lines += [".SH ARGUMENTS"] + operands.flatMap(item) }
    let options = all.filter { $0.kind != "positional" }
    guard !options.isEmpty else { return lines }
    lines.append(".SH OPTIONS")
    let titles = options.map { $0.sectionTitle ?? "" }
    var seen: Set<String> = []
    for title in titles where seen.insert(title).inserted {
      if seen.count > 1 || !title.isEmpty { lines.append(".SS " + Self.escaped(title.isEmpty ? "General" : title)) }
      lines += zip(options, titles).filter { $0.1 == title }.flatMap { item($0.0) }
    }
    return lines
  }

  private func item(_ argument: CommandDescription.Argument) -> [String] {
    let value = argument.valueName.map { "\\fI\(Self.escaped($0))\\fR" } ?? ""
    let names = (argument.names ?? []).map { "\\fB\(Self.escaped($0.typed))\\fR" }.joined(separator: ", ")
    var text = argument.abstract ?? ""
    if let values = argument.allValues, !values.allSatisfy(text.contains) {
      text += " Values: \(values.joined(separator: ", "))."
    }
    if let usual = argument.defaultValue, !text.contains("(default:") { text += " (default: \(usual))" }
    return [
      ".TP", argument.kind == "positional" ? value : argument.kind == "flag" ? names : "\(names) \(value)",
      Self.escaped(text),
    ]
  }

  /// The paragraphs of the discussion, and those of its example: the lines below the word EXAMPLE and the paragraph that says
  /// what they do.
  private var parts: (description: [String], examples: [String]) {
    let blocks = Self.blocks(of: command.discussion ?? "")
    guard let first = blocks.first, first.hasPrefix("EXAMPLE\n") else { return (blocks, []) }
    return (Array(blocks.dropFirst(2)), [String(first.dropFirst(8))] + blocks.dropFirst().prefix(1))
  }

  /// What empty lines part.
  private static func blocks(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .split(whereSeparator: \.isEmpty).map { $0.joined(separator: "\n") }
  }

  /// Text that is filled; lines that are indented stay as they are.
  private static func paragraph(_ block: String) -> [String] {
    var lines = [".PP"]
    var isCode = false
    for line in block.split(separator: "\n") {
      if line.hasPrefix("  ") != isCode {
        lines += isCode ? [".EE", ".RE"] : [".RS 4", ".EX"]
        isCode.toggle()
      }
      lines.append(escaped(String(isCode ? line.dropFirst(2) : line)))
    }
    return lines + (isCode ? [".EE", ".RE"] : [])
  }

  /// Backslashes, hyphens that are typed, and a point or an apostrophe at the beginning of a line mean something to roff.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
