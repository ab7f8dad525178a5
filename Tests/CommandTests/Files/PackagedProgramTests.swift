import Foundation
import TestSupport
import Testing

/// The program as an archive lays it out: `bin`, and `share/tessera` with the fonts of the figures.
@Suite(.slow) struct `A packaged program` {
  private static let fonts = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
  private static let settings = Repository.root.appending(path: "Packaging/fonts.conf").path

  /// As in a job of a cluster: fontconfig would say that there is an error, as it finds no place for what it has read.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: fonts)))
  func `draws without a home and without complaints`() throws {
    let folder = ScratchFolder()
    #expect(try CommandRun("simulate", "square", "--size", "192", "-o", folder / "scan.tif").status == 0)
    let run = try CommandRun(
      shell: """
        mkdir -p bin share/tessera/fonts temporary && cp \(Self.settings) share/tessera && cp \(Self.fonts) share/tessera/fonts \
        && { ln $tessera bin/tessera 2>/dev/null || cp $tessera bin/tessera; } \
        && env -u HOME -u XDG_CACHE_HOME TMPDIR=$PWD/temporary bin/tessera strain scan.tif -o result --quiet && ls temporary
        """, in: folder.path)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    // What was kept for the run is gone with it.
    #expect(run.output.split(separator: "\n").allSatisfy { !$0.hasPrefix("tessera-") }, "\(run.output)")
  }
}
