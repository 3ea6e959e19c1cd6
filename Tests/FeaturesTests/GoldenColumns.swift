import Features
import Market
import Schema

/// The columns of the reference, each with the feature of the catalogue that has its values.
let goldenFeatures: [String: String] = [
    "sma_10": "sma_10", "sma_20": "sma_20", "sma_50": "sma_50", "ema_12": "ema_12", "ema_20": "ema_20",
    "ema_26": "ema_26", "ema_50": "ema_50", "wma_20": "wma_20", "kama_10": "kama_10", "kama_30": "kama_30",
    "bb_upper": "bollinger-upper_20_2", "bb_middle": "bollinger-middle_20_2", "bb_lower": "bollinger-lower_20_2",
    "bb_width": "bollinger-width_20_2", "bb_percent_b": "bollinger-b_20_2", "sar": "sar_0.02_0.2",
    "keltner_upper": "keltner-upper_20_10_2", "keltner_middle": "keltner-middle_20_10_2",
    "keltner_lower": "keltner-lower_20_10_2", "donchian_upper": "donchian-upper_20",
    "donchian_lower": "donchian-lower_20", "donchian_middle": "donchian-middle_20", "vwap_roll_24": "vwap_24",
    "vwap_session": "session-vwap", "twap_ohlc4_24": "twap_24", "twap_close_24": "twap-close_24",
    "rsi_7": "rsi_7", "rsi_14": "rsi_14", "rsi_21": "rsi_21", "macd": "macd_12_26_9",
    "macd_signal": "macd-signal_12_26_9", "macd_hist": "macd-histogram_12_26_9", "adx_14": "adx_14",
    "plus_di_14": "plus-di_14", "minus_di_14": "minus-di_14", "dx_14": "dx_14", "cci_14": "cci_14",
    "cci_20": "cci_20", "stoch_k": "stochastic-k_14_3_3", "stoch_d": "stochastic-d_14_3_3",
    "stochrsi_fastk": "stochastic-rsi_14_14_3_3", "stochrsi_fastd": "stochastic-rsi-k_14_14_3_3",
    "stochrsi_tv_k": "stochastic-rsi-k_14_14_3_3", "stochrsi_tv_d": "stochastic-rsi-d_14_14_3_3",
    "willr_14": "williams-r_14", "roc_10": "roc_10", "rocp_10": "momentum_10", "mom_10": "price-change_10",
    "trix_15": "trix_15", "aroon_down": "aroon-down_14", "aroon_up": "aroon-up_14",
    "aroon_osc": "aroon-oscillator_14", "ultosc": "ultimate-oscillator_7_14_28",
    "wt_ci": "wavetrend-channel_10_21_4", "wt1": "wavetrend_10_21_4", "wt2": "wavetrend-signal_10_21_4",
    "obv": "obv", "ad": "accumulation", "adosc_3_10": "chaikin-oscillator_3_10", "mfi_14": "mfi_14",
    "cmf_20": "cmf_20", "volume_surge_20": "relative-volume_20", "volume_z_20": "volume-z_20",
    "volume_surge_incl_20": "relative-volume-inclusive_20", "trange": "true-range_14", "atr_14": "atr_14",
    "atr_10": "atr_10", "natr_14": "natr_14", "stddev_20": "deviation_20", "log_return": "log-return",
    "rv_close_24": "volatility_24", "rv_close_rms_24": "volatility-rms_24",
    "rv_parkinson_24": "volatility-parkinson_24", "rv_garman_klass_24": "volatility-garman-klass_24",
    "rv_rogers_satchell_24": "volatility-rogers-satchell_24", "rv_yang_zhang_24": "volatility-yang-zhang_24",
]

/// Columns that are an indicator's with an option that the catalogue does not offer.
let goldenIndicators: [String: (indicator: any BarIndicator, line: Int)] = [
    "wt1_smaseed": (WaveTrend(channel: 10, average: 21, signal: 4, seed: .mean), 1),
    "wt2_smaseed": (WaveTrend(channel: 10, average: 21, signal: 4, seed: .mean), 2),
]

/// Every column of the reference, computed from hourly bars.
func goldenColumns(_ bars: CandleColumns) throws -> [String: [Double]] {
    let names = goldenFeatures.keys.sorted()
    let set = try FeatureSet(names.map { goldenFeatures[$0]! }, primary: .hour1, higher: [])
    let columns = FeatureColumns.compute(set, [bars.instrument: .init(bars: [.hour1: bars])])[bars.instrument]!
    let computed = Dictionary(uniqueKeysWithValues: zip(set.names, columns.columns))
    var result = goldenFeatures.mapValues { computed[$0]! }
    for (name, (indicator, line)) in goldenIndicators {
        result[name] = Array(indicator.columns(of: bars, lines: line..<line + 1)[line])
    }
    return result
}
