import Foundation
import Hummingbird
import TesseraHDF5
import TesseraNumerics

/// Turns what was thrown into a status and a sentence, `{"error": "..."}`.
struct SentenceErrors<Context: RequestContext>: RouterMiddleware {
  let sentence: @Sendable (any Error) -> String

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do { return try await next(request, context) } catch {
      let (status, text) = answer(to: error)
      return try Reply.json(["error": text], status: status)
    }
  }

  private func answer(to error: any Error) -> (HTTPResponse.Status, String) {
    switch error {
    case let error as HTTPError:
      (
        error.status,
        error.body ?? (error.status == .notFound ? "there is nothing at this address" : error.status.reasonPhrase)
      )
    case is DecodingError: (.badRequest, "the request is not as this server expects it; reload the page")
    case let error as FormatError:
      (
        error.kind == .inputOutput || error.kind == .cannotWrite ? .internalServerError : .unprocessableContent,
        sentence(error)
      )
    case is DataError, is ParameterError: (.unprocessableContent, sentence(error))
    default: (.internalServerError, sentence(error))
    }
  }
}
