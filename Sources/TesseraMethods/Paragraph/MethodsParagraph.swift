import Foundation

/// How a result came about, as the paragraph that a paper has of it: what was done with which values, with the work to cite.
///
/// It says what the program did with this image and no more: values that were chosen stand as they were chosen, settings that differ
/// from the defaults are listed, and work is cited where its method was used.
///
/// ```swift
/// print(MethodsParagraph(of: result, input: "scan.tif").document)
/// ```
public struct MethodsParagraph: Sendable, Equatable {
  /// A sentence with the work that it rests on.
  public struct Sentence: Sendable, Equatable {
    /// The sentence, with its full stop.
    public var text: String
    /// Entries of a list of references, cited at the end of the sentence.
    public var references: [String]

    /// A sentence that cites this work.
    public init(_ text: String, citing references: [String] = []) { (self.text, self.references) = (text, references) }
  }

  /// In the order in which they are read.
  public var sentences: [Sentence]

  /// A paragraph of these sentences.
  public init(_ sentences: [Sentence]) { self.sentences = sentences }

  /// What was done for a result.
  ///
  /// - Parameters:
  ///   - result: of a method, with the record of its run.
  ///   - input: the file, as the summary of the result states it.
  ///   - version: of the program.
  public init<Result: MethodResult>(of result: Result, input: String, version: String = TesseraVersion.current) {
    self.init(Result.Settings.self, MethodFacts(of: result, input: input, version: version))
  }

  /// What was done for a result of `method` in a folder, by its `summary.json`.
  ///
  /// - Throws: `FormatError` where the folder holds no summary of that method.
  public init<M: Method>(_ method: M.Type, folder: String) throws {
    self.init(method, try MethodFacts(method, summary: "\(folder)/summary.json"))
  }

  private init<M: Method>(_ method: M.Type, _ facts: MethodFacts) {
    let other =
      facts.changed.isEmpty
      ? [] : [Sentence("Settings other than the defaults: \(facts.changed.joined(separator: "; ")).")]
    self.init([facts.opening] + method.methodSentences(facts) + other)
  }

  /// The references in the order in which they are cited, each once.
  public var references: [String] {
    var seen: Set<String> = []
    return sentences.flatMap(\.references).filter { seen.insert($0).inserted }
  }

  /// The paragraph, with numbers in brackets for `references`, from 1.
  public var text: String {
    let numbers = Dictionary(uniqueKeysWithValues: references.enumerated().map { ($1, $0 + 1) })
    return sentences.map { sentence in
      let marks = sentence.references.compactMap { numbers[$0] }.map(String.init).joined(separator: ", ")
      guard !marks.isEmpty, sentence.text.hasSuffix(".") else { return sentence.text }
      return "\(sentence.text.dropLast()) [\(marks)]."
    }.joined(separator: " ")
  }

  /// The paragraph with its numbered list of references, as a text file.
  public var document: String {
    let list = references.enumerated().map { "[\($0 + 1)] \($1)" }
    return ([text, ""] + list).joined(separator: "\n") + "\n"
  }
}
