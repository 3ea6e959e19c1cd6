/// One message of every claimed type, as the venues document them.
enum FeedSeeds {
    static let binance = [
        #"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#,
        #"{"e":"aggTrade","E":1626992741575,"a":16599292,"s":"BTCUSDT","p":"1.01100","q":"10","f":1,"l":2,"T":1626992741421,"m":false}"#,
        #"{"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63","B":"3.78","a":"61837.64","A":"1.5"}}"#,
        #"{"e":"depthUpdate","E":1723161255208,"s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[["61737.63","0.0"],["61730.17","0"]],"a":[["61837.64","1.54"]]}"#,
        #"{"e":"kline","E":1638747660000,"s":"BTCUSDT","k":{"t":1638747600000,"T":1638747659999,"s":"BTCUSDT","i":"1m","f":1,"L":2,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":1,"x":true,"q":"1"}}"#,
        #"{"result":null,"id":1}"#,
        #"{"error":{"code":2,"msg":"Invalid request"},"id":3}"#,
        #"{"code":2,"msg":"Invalid request","id":3}"#,
    ]

    static let binanceFutures = [
        #"{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}"#,
        #"{"e":"depthUpdate","E":1571889248277,"T":1571889248276,"s":"BTCUSDT","U":390497796,"u":390497878,"pu":390497794,"b":[["7403.89","0.002"]],"a":[["7405.96","3.340"]]}"#,
        #"{"e":"markPriceUpdate","E":1562305380000,"s":"BTCUSDT","p":"11794.15","i":"11784.6","P":"11784.2","r":"0.00038167","T":1562306400000}"#,
        #"{"e":"forceOrder","E":1568014460893,"o":{"s":"BTCUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"0.014","p":"9910","ap":"9910","X":"FILLED","l":"0.014","z":"0.014","T":1568014460893}}"#,
    ]

    static let coinbase = [
        #"{"channel":"market_trades","client_id":"","timestamp":"2024-10-04T07:13:31.158696693Z","sequence_num":2,"events":[{"type":"update","trades":[{"product_id":"BTC-USD","trade_id":"22381691","price":"2375.56","size":"0.5","time":"2024-10-04T07:13:31.088388Z","side":"BUY"}]}]}"#,
        #"{"channel":"ticker","timestamp":"2023-02-09T20:30:37.167359596Z","sequence_num":0,"events":[{"type":"snapshot","tickers":[{"product_id":"BTC-USD","best_bid":"21931.98","best_bid_quantity":"8000.21","best_ask":"21933.98","best_ask_quantity":"8038.07"}]}]}"#,
        #"{"channel":"l2_data","timestamp":"2026-04-07T14:30:00.123456Z","sequence_num":0,"events":[{"type":"snapshot","product_id":"BTC-USD","updates":[{"side":"bid","event_time":"x","price_level":"68900.00","new_quantity":"1.5"},{"side":"offer","event_time":"x","price_level":"68901.00","new_quantity":"0"}]}]}"#,
        #"{"channel":"candles","timestamp":"2023-06-09T20:19:35.39625135Z","sequence_num":0,"events":[{"type":"snapshot","candles":[{"start":"1688998200","high":"1867.72","low":"1865.63","open":"1867.38","close":"1866.81","volume":"0.20269406","product_id":"BTC-USD"}]}]}"#,
        #"{"channel":"heartbeats","timestamp":"2024-10-04T07:04:40.825062088Z","sequence_num":1,"events":[{"current_time":"x","heartbeat_counter":66987}]}"#,
        #"{"channel":"subscriptions","timestamp":"2026-04-07T14:30:00.000000Z","sequence_num":0,"events":[{"subscriptions":{"level2":["BTC-USD"]}}]}"#,
    ]

    static let coinbaseExchange = [
        #"{"type":"match","trade_id":280232,"side":"sell","size":"985","price":"0.00001305","product_id":"BTC-USD","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"}"#,
        #"{"type":"ticker","product_id":"BTC-USD","best_bid":"1.5","best_bid_size":"3","best_ask":"2","best_ask_size":"4","time":"2021-04-17T16:43:30Z"}"#,
        #"{"type":"snapshot","product_id":"BTC-USD","asks":[["14.8024","12.77"]],"bids":[["14.7","1"]]}"#,
        #"{"type":"l2update","product_id":"BTC-USD","changes":[["sell","0.00001306","660.5"]],"time":"2021-04-17T16:43:37.075687Z"}"#,
        #"{"type":"subscriptions","channels":[{"name":"level2","product_ids":["BTC-USD"]}]}"#,
        #"{"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD","time":"2014-11-07T08:19:28.464459Z"}"#,
        #"{"type":"error","message":"no"}"#,
    ]

    static let kraken = [
        #"{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":105944.20,"qty":0.00027625,"ord_type":"limit","trade_id":10218208,"timestamp":"2023-10-06T17:35:55.440295Z"}]}"#,
        #"{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":0.10025,"bid_qty":740.0,"ask":0.10035,"ask_qty":740.0,"timestamp":"2022-12-25T09:30:59.123456Z"}]}"#,
        #"{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":105944.20,"qty":0.136}],"asks":[{"price":105944.30,"qty":0.136}],"checksum":2439117997,"timestamp":"2023-10-06T17:35:55.440295Z"}]}"#,
        #"{"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[{"symbol":"BTC/USD","open":0.5624,"high":0.5628,"low":0.5622,"close":0.5627,"trades":12,"volume":30927.68066226,"vwap":0.5626,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5}]}"#,
        #"{"channel":"heartbeat"}"#,
        #"{"channel":"status","type":"update","data":[{"system":"online","api_version":"v2"}]}"#,
        #"{"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD"},"success":true,"req_id":1}"#,
        #"{"method":"pong","req_id":42}"#,
    ]

    static let krakenOld = [
        #"[993,[["354.11000000","0.89594024","1618678142.557535","s","l",""]],"trade","XBT/USD"]"#,
        #"[15,{"a":["9971.00000",2,"2.83251755"],"b":["9970.90000",10,"10.57957134"]},"ticker","XBT/USD"]"#,
        #"[0,{"as":[["5541.30000","2.50700000","1534614248.123678"]],"bs":[["5541.20000","1.52900000","1534614248.765567"]]},"book-100","XBT/USD"]"#,
        #"[1234,{"a":[["5541.30000","2.50700000","1534614248.456738"]]},{"b":[["5541.30000","0.00000000","1534614335.345903","r"]],"c":"3647725291"},"book-10","XBT/USD"]"#,
        #"{"channelName":"book-25","event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed"}"#,
        #"{"event":"systemStatus","status":"online"}"#,
        #"{"event":"heartbeat"}"#,
    ]

    static let gemini = [
        #"{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","9122.04","0.00121425"],["sell","9122.07","0.98942292"]],"trades":[{"type":"trade","symbol":"BTCUSD","event_id":169841458,"timestamp":1560976400428,"price":"9122.04","quantity":"0.0073173","side":"sell","tid":2840140800042677}]}"#,
        #"{"type":"l2_updates","symbol":"BTCUSD","changes":[["sell","9160.20","0.1921229751"]]}"#,
        #"{"type":"trade","symbol":"BTCUSD","event_id":3575573053,"timestamp":151231241,"price":"9004.21","quantity":"0.0911","side":"buy"}"#,
        #"{"type":"candles_15m_updates","symbol":"BTCUSD","changes":[[1561054500000,9350.18,9358.35,9350.18,9355.51,2.07]]}"#,
        #"{"type":"heartbeat","timestamp":1629909291142}"#,
        #"{"result":"error","reason":"InvalidSymbol"}"#,
    ]
}
