import Foundation
import TesseraFigures
import TesseraNumerics

/// A report as a tree of values: an answer, key numbers, and sections of text, figures and tables.
///
/// It knows nothing of what the sections say; `ReportPage` turns it into one HTML file.
public struct ReportDocument: Sendable {
  /// Title of the page, usually the micrograph's name.
  public var title: String
  /// The answer in a sentence.
  public var headline: String
  /// What a reader wants to know next, in a sentence or two; may be empty.
  public var summary = ""
  /// Key numbers, shown side by side below the headline.
  public var facts: [Fact] = []
  /// What the reader must know before trusting the numbers.
  public var warnings: [String] = []
  /// The chapters, in the order of the page.
  public var sections: [Section] = []
  /// A line at the end: program, version.
  public var footer = ""
  /// Whether figures are files beside the page too, which their captions then name.
  public var hasFigureFiles = true

  /// A report with nothing but its title and its answer.
  public init(title: String, headline: String) { (self.title, self.headline) = (title, headline) }

  /// A number with its name, such as `3,842` and `columns`.
  public struct Fact: Sendable {
    /// The number with its unit, as the page shows it.
    public var value: String
    /// What is counted or measured.
    public var name: String
    /// Small print below; may be empty.
    public var note: String
    /// A number as text, its name, and small print below, which may be empty.
    public init(_ value: String, _ name: String, note: String = "") {
      (self.value, self.name, self.note) = (value, name, note)
    }
  }

  /// A chapter of the report.
  public struct Section: Sendable {
    /// Heading of the chapter.
    public var title: String
    /// The content, from top to bottom.
    public var blocks: [Block]
    /// Begins folded; its title opens it. For what only some readers want.
    public var isFolded: Bool
    /// A chapter; a folded one shows only its heading at first.
    public init(_ title: String, isFolded: Bool = false, _ blocks: [Block]) {
      (self.title, self.isFolded, self.blocks) = (title, isFolded, blocks)
    }
  }

  /// A part of a chapter. Texts are plain: `ReportPage` escapes them.
  public indirect enum Block: Sendable {
    /// A paragraph of running text.
    case paragraph(String)
    /// Items of an unnumbered list.
    case list([String])
    /// A figure over the width of the page.
    case figure(Figure)
    /// Figures beside each other where the window is wide enough.
    case row([Figure])
    /// A table over the width of the page.
    case table(Table)
    /// Text to copy, such as a citation or a command.
    case code(String)
    /// Linked views of the image and its layout, for browsers that run scripts.
    case explorer(Explorer)
  }

  /// A drawing with its caption, and the name of its files.
  public struct Figure: Sendable {
    /// File name without extension: letters, digits and hyphens.
    public var name: String
    /// Heading of the figure.
    public var title: String
    /// What the figure shows, as sentences.
    public var caption: String
    /// The picture itself, which is written as PNG and SVG.
    public var drawing: Drawing
    /// A figure; `name` is the name of its files, of ASCII letters, digits and hyphens, and must be unique within the
    /// report.
    public init(_ name: String, title: String, caption: String, _ drawing: Drawing) {
      precondition(
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") },
        "a figure's file name has letters, digits and hyphens")
      (self.name, self.title, self.caption, self.drawing) = (name, title, caption, drawing)
    }
  }

  /// Rows under column titles; readers with JavaScript sort them by a click on a title.
  public struct Table: Sendable {
    /// The columns, from left to right.
    public var columns: [Column]
    /// One cell per column in each row.
    public var rows: [[Cell]]
    /// A table; every row must have a cell for every column.
    public init(columns: [Column], rows: [[Cell]]) {
      precondition(rows.allSatisfy { $0.count == columns.count }, "every row has a cell for every column")
      (self.columns, self.rows) = (columns, rows)
    }

    /// A column of a table.
    public struct Column: Sendable {
      /// Heading of the column.
      public var title: String
      /// Numbers stand on the right.
      public var isNumeric: Bool
      /// A column with this heading, aligned to the right if it is numeric.
      public init(_ title: String, isNumeric: Bool = false) { (self.title, self.isNumeric) = (title, isNumeric) }
    }

    /// A cell of a table.
    public struct Cell: Sendable {
      /// What the cell shows.
      public var text: String
      /// What the column sorts by; nil sorts by the text.
      public var value: Double?
      /// Drawn before the text.
      public var style: ClassStyle?
      /// Path of a file, relative to the page, that the text leads to.
      public var link: String?
      /// A cell with its text, the number that the column sorts by, a mark of a class before the text, and where the text leads.
      public init(_ text: String, value: Double? = nil, style: ClassStyle? = nil, link: String? = nil) {
        (self.text, self.value, self.style, self.link) = (text, value, style, link)
      }
    }
  }

  /// All figures in the order of the page.
  public var figures: [Figure] {
    sections.flatMap(\.blocks).flatMap { block -> [Figure] in
      switch block {
      case .figure(let figure): [figure]
      case .row(let figures): figures
      case .paragraph, .list, .table, .code, .explorer: []
      }
    }
  }
}

/// A file of a result folder.
public struct ReportFile: Sendable {
  /// Relative to the folder, with `/` between parts.
  public var path: String
  /// The bytes of the file.
  public var data: Data
}

extension ReportDocument {
  /// `figures/NAME.png`, `figures/NAME.svg` for every figure, then `report.html`. Figures are drawn in parallel.
  public func files() -> [ReportFile] {
    let (pictures, files) = drawn()
    return files + [
      ReportFile(path: "report.html", data: Data(ReportPage(document: self, pictures: pictures).html().utf8))
    ]
  }

  /// The page alone, with all figures in it.
  func page() -> Data { Data(ReportPage(document: self, pictures: drawn().pictures).html().utf8) }

  /// What the page shows of each figure, by its name, and the files of all figures.
  private func drawn() -> (pictures: [String: ReportPage.Picture], files: [ReportFile]) {
    let figures = figures
    let drawn = concurrentMap(count: 2 * figures.count) { index in
      // Nobody will read what was stopped.
      if StopSignal.isStopped { return Data() }
      let drawing = figures[index / 2].drawing
      return index.isMultiple(of: 2) ? drawing.png() : drawing.svg()
    }
    var embedded: [String: ReportPage.Picture] = [:]
    var files: [ReportFile] = []
    for (index, figure) in figures.enumerated() {
      let (png, svg) = (drawn[2 * index], drawn[2 * index + 1])
      files.append(ReportFile(path: "figures/\(figure.name).png", data: png))
      files.append(ReportFile(path: "figures/\(figure.name).svg", data: svg))
      precondition(embedded[figure.name] == nil, "two figures are named \(figure.name)")
      embedded[figure.name] = Self.picture(of: figure.drawing, png: png, svg: svg)
    }
    return (embedded, files)
  }

  /// What the page shows: the SVG of a small drawing, which is sharp at any zoom; else a PNG with no more pixels
  /// than a screen shows, so that the page of a large micrograph stays small enough to send.
  private static func picture(of drawing: Drawing, png: Data, svg: Data) -> ReportPage.Picture {
    if svg.count < 180_000 { return ReportPage.Picture(type: "image/svg+xml", data: svg) }
    let widest = 1280.0
    let data = drawing.width * drawing.naturalScale > widest ? drawing.png(scale: max(1, widest / drawing.width)) : png
    return ReportPage.Picture(type: "image/png", data: data)
  }
}
