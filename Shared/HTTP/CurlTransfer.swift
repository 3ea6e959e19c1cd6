internal import CCurl

/// One request under way in libcurl: its options, and what has arrived so far.
///
/// Belongs to the loop's thread.
final class CurlTransfer {
    let identity: UInt64
    let easy: UnsafeMutableRawPointer
    let completion: CurlLoop.Completion
    private let request: HTTPRequest
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false

    /// The most bytes of header fields that are read; real ones are a few thousand.
    private static let headerLimit = 256 << 10

    init(
        identity: UInt64, request: HTTPRequest, easy: UnsafeMutableRawPointer,
        completion: @escaping CurlLoop.Completion
    ) {
        self.identity = identity
        self.request = request
        self.easy = easy
        self.completion = completion
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    // MARK: - Setting up

    func configure(_ options: CurlClient.Options) throws(HTTPError) {
        try check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText))
        try set(CURLOPT_URL, request.url)
        let isSecure = request.url.prefix(6).lowercased() == "https:"
        try check(ccurl_set_protocols(easy, isSecure ? 1 : 0))
        // Signals belong to the process; lookups run in a thread of libcurl's own and need none.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.timeouts.connect.wholeMilliseconds)
        try set(CURLOPT_TIMEOUT_MS, request.timeouts.total.wholeMilliseconds)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = options.certificateFile { try set(CURLOPT_CAINFO, file) }
        // An empty text keeps libcurl from reading a proxy out of the environment.
        try set(CURLOPT_PROXY, options.proxy ?? "")
        try set(CURLOPT_USERAGENT, options.userAgent)
        try set(CURLOPT_ACCEPT_ENCODING, "gzip")
        try configureRedirects()
        try configureMethod()
        try configureHeaders()
        try check(ccurl_set_maximum_size(easy, curl_off_t(request.maximumResponseBytes)))
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(ccurl_set_receiver(easy, CURLOPT_WRITEFUNCTION, receiveBody, CURLOPT_WRITEDATA, context))
        try check(ccurl_set_receiver(easy, CURLOPT_HEADERFUNCTION, receiveHeader, CURLOPT_HEADERDATA, context))
    }

    private func configureRedirects() throws(HTTPError) {
        let isSafe = request.method == .get || request.method == .head
        guard isSafe, request.redirectLimit > 0, request.secretHeaders.isEmpty else { return }
        try set(CURLOPT_FOLLOWLOCATION, 1)
        try set(CURLOPT_MAXREDIRS, request.redirectLimit)
    }

    private func configureMethod() throws(HTTPError) {
        switch request.method {
        case .get: try set(CURLOPT_HTTPGET, 1)
        case .head: try set(CURLOPT_NOBODY, 1)
        case .post, .put, .delete:
            try set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
            guard request.method == .post || !request.body.isEmpty else { return }
            // libcurl wants an address even for no bytes.
            let bytes = request.body.isEmpty ? [0] : request.body
            let count = curl_off_t(request.body.count)
            try check(bytes.withUnsafeBytes { ccurl_set_body(easy, $0.baseAddress, count) })
        }
    }

    private func configureHeaders() throws(HTTPError) {
        for field in request.headers.fields + request.secretHeaders.fields {
            // libcurl reads "Name:" as "leave it out" and "Name;" as "send it empty".
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            guard let longer = curl_slist_append(headerList, line) else {
                throw .transport(code: Int(CURLE_OUT_OF_MEMORY.rawValue), message: "no memory for headers")
            }
            headerList = longer
        }
        if let headerList { try check(ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList)) }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(ccurl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(HTTPError) {
        try check(ccurl_set_string(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(HTTPError) {
        guard code == CURLE_OK else {
            throw .transport(code: Int(code.rawValue), message: String(cString: curl_easy_strerror(code)))
        }
    }

    // MARK: - Receiving

    /// Takes one line of the answer's head; `false` refuses it and ends the transfer.
    fileprivate func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            isTooLarge = true
            return false
        }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            // A new head: what came before it was a redirect or an interim answer.
            headers = HTTPHeaders()
        } else if let colon = text.firstIndex(of: ":") {
            let name = text[..<colon].trimmingBlanks, value = text[text.index(after: colon)...].trimmingBlanks
            headers.append(name, value)
        }
        return true
    }

    /// Takes bytes of the body; `false` refuses them and ends the transfer.
    fileprivate func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= request.maximumResponseBytes else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// What the transfer came to, once libcurl is done with it.
    func result(of code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        guard code == CURLE_OK else { return .failure(error(of: code)) }
        var status = 0
        guard ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK else {
            return .failure(.interrupted("no status"))
        }
        return .success(HTTPResponse(status: status, headers: headers, body: body))
    }

    private func error(of code: CURLcode) -> HTTPError {
        let detail = String(cString: errorText)
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        guard !isTooLarge else { return .tooLarge(limit: request.maximumResponseBytes) }
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timeout
        case CURLE_COULDNT_CONNECT: return .refused(text)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .dns(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
            return .tls(text)
        case CURLE_FILESIZE_EXCEEDED: return .tooLarge(limit: request.maximumResponseBytes)
        case CURLE_TOO_MANY_REDIRECTS: return .tooManyRedirects(limit: request.redirectLimit)
        case CURLE_URL_MALFORMAT: return .invalidRequest(text)
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2,
            CURLE_HTTP2_STREAM, CURLE_BAD_CONTENT_ENCODING, CURLE_WEIRD_SERVER_REPLY:
            return .interrupted(text)
        default: return .transport(code: Int(code.rawValue), message: text)
        }
    }
}

/// libcurl's calls into a transfer; a count other than the one offered ends it.
private let receiveBody: ccurl_receive = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

private let receiveHeader: ccurl_receive = { bytes, size, count, context in
    guard let bytes, let context else { return 0 }
    let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
}

extension Duration {
    /// Milliseconds, rounded up and at least one, since libcurl reads zero as "for ever".
    fileprivate var wholeMilliseconds: Int {
        Int(clamping: max(1, (wholeNanos + 999_999) / 1_000_000))
    }
}

extension Substring {
    /// The text without blanks and line ends around it.
    fileprivate var trimmingBlanks: String {
        let blanks: Set<Character> = [" ", "\t", "\r", "\n", "\r\n"]
        guard let first = firstIndex(where: { !blanks.contains($0) }),
            let last = lastIndex(where: { !blanks.contains($0) })
        else { return "" }
        return String(self[first...last])
    }
}
