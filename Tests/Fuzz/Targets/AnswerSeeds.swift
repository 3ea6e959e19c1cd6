/// One answer of every claimed REST function, as the venues document them.
enum AnswerSeeds {
    enum Function: CaseIterable {
        case candles, trades, depth, listings, time, fundingRates, openInterest, openInterestHistory
    }

    private static let klines =
        #"[[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",1499644799999,"2434.1",308,"1","2","0"],[1499040060000,"0.1","0.8","0.05","0.2","1",1499644799999,"2434.1",308,"1","2","0"]]"#

    static let binance: [Function: String] = [
        .candles: klines,
        .trades:
            #"[{"id":28457,"price":"4.00000100","qty":"12.0","quoteQty":"48.0","time":1499865549590,"isBuyerMaker":true,"isBestMatch":true}]"#,
        .depth:
            #"{"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],"asks":[["4.00000200","12.00000000"]]}"#,
        .listings:
            #"{"timezone":"UTC","symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[{"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.0","tickSize":"0.01"},{"filterType":"LOT_SIZE","minQty":"0.00001","maxQty":"9000.0","stepSize":"0.00001"},{"filterType":"NOTIONAL","minNotional":"5.0"}]}]}"#,
        .time: #"{"serverTime":1499827319559}"#,
    ]

    static let binanceFutures: [Function: String] = [
        .candles: klines,
        .trades: #"[{"a":26129,"p":"0.01633102","q":"4.70443515","f":27781,"l":27781,"T":1498793709153,"m":true}]"#,
        .depth:
            #"{"lastUpdateId":1027024,"E":1589436922972,"T":1589436922959,"bids":[["4.0","431.0"]],"asks":[["4.1","12"]]}"#,
        .listings:
            #"{"symbols":[{"symbol":"BTCUSDT","contractType":"PERPETUAL","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[{"filterType":"PRICE_FILTER","minPrice":"556.72","maxPrice":"1000000","tickSize":"0.01"},{"filterType":"LOT_SIZE","minQty":"0.001","maxQty":"1000","stepSize":"0.001"},{"filterType":"MIN_NOTIONAL","notional":"5"}]}]}"#,
        .time: #"{"serverTime":1499827319559}"#,
        .fundingRates:
            #"[{"symbol":"BTCUSDT","fundingTime":1698768000000,"fundingRate":"0.00010000","markPrice":"34287.54619963"}]"#,
        .openInterest: #"{"openInterest":"10659.509","symbol":"BTCUSDT","time":1589437530011}"#,
        .openInterestHistory:
            #"[{"symbol":"BTCUSDT","sumOpenInterest":"20403.637","sumOpenInterestValue":"150570784.0","timestamp":"1583127900000"}]"#,
    ]

    static let coinbase: [Function: String] = [
        .candles:
            #"{"candles":[{"start":"120","low":"66055.14","high":"66331.99","open":"66312.4","close":"66181.6","volume":"355.8"},{"start":"60","low":"1","high":"3","open":"2","close":"2","volume":"0"}]}"#,
        .trades:
            #"{"trades":[{"trade_id":"995098663","product_id":"BTC-USD","price":"68923.67","size":"0.00064","time":"2026-04-07T00:28:58.544778Z","side":"SELL"}],"best_bid":"68923.66","best_ask":"68923.67"}"#,
        .depth:
            #"{"pricebook":{"product_id":"BTC-USD","bids":[{"price":"68923.66","size":"0.17"}],"asks":[{"price":"68923.67","size":"0.16"}],"time":"2026-04-07T00:28:59.662782Z"}}"#,
        .listings:
            #"{"products":[{"product_id":"BTC-USD","base_increment":"0.00000001","quote_increment":"0.01","quote_min_size":"1","quote_max_size":"150000000","base_min_size":"0.00000001","base_max_size":"3400","is_disabled":false,"status":"online","cancel_only":false,"limit_only":false,"post_only":false,"trading_disabled":false,"product_type":"SPOT","quote_currency_id":"USD","base_currency_id":"BTC","view_only":false,"price_increment":"0.01"}]}"#,
        .time: #"{"iso":"2024-10-02T11:22:32.748151Z","epochSeconds":"1727868152","epochMillis":"1727868152748"}"#,
    ]

    static let kraken: [Function: String] = [
        .candles:
            #"{"error":[],"result":{"XXBTZUSD":[[1688671200,"30306.1","30306.2","30305.7","30305.7","30306.1","3.39",23]],"last":1688671200}}"#,
        .trades:
            #"{"error":[],"result":{"XXBTZUSD":[["30243.40000","0.34507674",1688669597.8277369,"b","m","",61044952]],"last":"1688671969993150842"}}"#,
        .depth:
            #"{"error":[],"result":{"XXBTZUSD":{"asks":[["30384.1","2.059",1688671659]],"bids":[["30297.0","1.115",1688671636]]}}}"#,
        .listings:
            #"{"error":[],"result":{"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","pair_decimals":1,"lot_decimals":8,"ordermin":"0.0001","costmin":"0.5","tick_size":"0.1","status":"online"}}}"#,
        .time: #"{"error":[],"result":{"unixtime":1762820224,"rfc1123":"Tue, 11 Nov 25 00:17:04 +0000"}}"#,
    ]

    static let gemini: [Function: String] = [
        .candles:
            "[[1559755860000,7781.6,7820.23,7776.56,7819.39,34.76],[1559755800000,7781.6,7829.46,7776.56,7817.28,43.42]]",
        .trades:
            #"[{"timestamp":1547146811,"timestampms":1547146811357,"tid":5335307668,"price":"3610.85","amount":"0.27413495","exchange":"gemini","type":"buy"}]"#,
        .depth:
            #"{"bids":[{"price":"3607.85","amount":"6.643373","timestamp":"1547147541"}],"asks":[{"price":"3607.86","amount":"14.68205084","timestamp":"1547147541"}]}"#,
        .listings:
            #"{"symbol":"BTCUSD","base_currency":"BTC","quote_currency":"USD","tick_size":1E-8,"quote_increment":0.01,"min_order_size":"0.00001","status":"open","product_type":"spot"}"#,
    ]
}
