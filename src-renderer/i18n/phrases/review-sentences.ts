// What the review process says of a session or a backtest: warnings, findings, what the hand was worth, refusals.
import type { Phrase } from '../phrase.ts';

export const REVIEW_SENTENCES: readonly Phrase[] = [
  // a recorded session
  [
    'This session has not ended by a stop: it still runs, or it crashed.',
    '此会话未正常停止：仍在运行，或已崩溃。',
    '此工作階段未正常停止：仍在執行，或已當機。',
  ],
  [
    'This session has no recording: its decisions can be re-run, an exact replay is not possible.',
    '此会话没有录制：可重跑其决策，但无法精确回放。',
    '此工作階段沒有錄製：可重跑其決策，但無法精確重播。',
  ],
  ['The recording of this session cannot be read.', '无法读取此会话的录制。', '無法讀取此工作階段的錄製。'],
  [
    'This session kept no equity: the curve is made of finished trades, one value a day.',
    '此会话未保存权益：曲线由已结束的交易构成，每日一个值。',
    '此工作階段未保存權益：曲線由已結束的交易構成，每日一個值。',
  ],
  // the hand
  ['No trade was changed by hand.', '没有人工改动的交易。', '沒有人工改動的交易。'],
  ['The hand helped: {size}.', '人工干预有益：{size}。', '人工干預有益：{size}。'],
  ['The hand cost: {size}.', '人工干预有损：{size}。', '人工干預有損：{size}。'],
  ['Not proven either way: {size}.', '尚无定论：{size}。', '尚無定論：{size}。'],
  ['{difference} R per override over {count}', '{count} 次干预，每次 {difference} R', '{count} 次干預，每次 {difference} R'],
  // backtests: warnings
  [
    'The models were trained on data up to {day}: before that they have seen the answers.',
    '模型训练数据截至 {day}：此前的答案它们已见过。',
    '模型訓練資料截至 {day}：此前的答案它們已見過。',
  ],
  ['Only what comes after is a test of them.', '只有其后的数据才是对它们的检验。', '只有其後的資料才是對它們的檢驗。'],
  ['No model was asked, or it is not known what data it was trained on.', '未询问模型，或不知其训练数据。', '未詢問模型，或不知其訓練資料。'],
  [
    '{count} trades are few: the intervals are wide, and means can be turned over by single trades.',
    '{count} 笔交易太少：区间很宽，单笔交易即可改变均值。',
    '{count} 筆交易太少：區間很寬，單筆交易即可改變均值。',
  ],
  [
    '{count} of {all} decisions were denied by {why@denialName}: most of the time nothing was traded because of it.',
    '{all} 个决策中 {count} 个因“{why@denialName}”被拒：大部分时间因此没有交易。',
    '{all} 個決策中 {count} 個因「{why@denialName}」被拒：大部分時間因此沒有交易。',
  ],
  [
    '{count} candles are missing in the files; each hole starts the symbol anew.',
    '文件中缺少 {count} 根 K 线；每处缺口都会使该品种重新开始。',
    '檔案中缺少 {count} 根 K 線；每處缺口都會使該品種重新開始。',
  ],
  [
    'Contract rules (tick, step, minimum, tiers) of some symbols are derived from their candles; give --exchange-info and --brackets for the real ones.',
    '部分品种的合约规则（价格步长、数量步长、最小值、分档）由其 K 线推得；真实规则请用 --exchange-info 与 --brackets 提供。',
    '部分品種的合約規則（價格步長、數量步長、最小值、分檔）由其 K 線推得；真實規則請以 --exchange-info 與 --brackets 提供。',
  ],
  [
    '{amount} USDT of funding are in the wallet but in no trade: on cross margin the venue names no position.',
    '{amount} USDT 资金费在钱包中但不属于任何交易：全仓模式下交易所不指明持仓。',
    '{amount} USDT 資金費在錢包中但不屬於任何交易：全倉模式下交易所不指明持倉。',
  ],
  ['{count} fills were liquidations.', '{count} 笔成交为强平。', '{count} 筆成交為強平。'],
  [
    'A daily-loss halt was lifted {count} times at midnight; in real life a person has to do that.',
    '日内亏损停止在午夜解除了 {count} 次；实际中须由人工解除。',
    '日內虧損停止在午夜解除了 {count} 次；實際中須由人工解除。',
  ],
  // backtests: findings
  [
    'The wallet equals fills, fees and funding to the last unit.',
    '钱包与成交、手续费、资金费完全一致（精确到最小单位）。',
    '錢包與成交、手續費、資金費完全一致（精確到最小單位）。',
  ],
  [
    'No look-ahead: {count} judgements and journal lines are the same without the future.',
    '无前视：去掉未来数据后 {count} 条判断与日志行均相同。',
    '無前視：去掉未來資料後 {count} 條判斷與日誌行均相同。',
  ],
  [
    'LOOK-AHEAD: with another future after {moment} this differs first: {first} / {second}.',
    '前视：{moment} 之后的未来不同时，首个差异为：{first} / {second}。',
    '前視：{moment} 之後的未來不同時，首個差異為：{first} / {second}。',
  ],
  [
    '{count} combinations tried to {day}; chosen: {chosen}.',
    '截至 {day} 共试 {count} 种组合；选用：{chosen}。',
    '截至 {day} 共試 {count} 種組合；選用：{chosen}。',
  ],
  [
    'Probability that its ratio is real after all trials (deflated Sharpe): {deflated}; probability of overfitting: {overfit}.',
    '计入全部尝试后其比率为真的概率（修正夏普）：{deflated}；过拟合概率：{overfit}。',
    '計入全部嘗試後其比率為真的機率（修正夏普）：{deflated}；過擬合機率：{overfit}。',
  ],
  ['Out of sample: {count} trades, net {net} USDT.', '样本外：{count} 笔交易，净额 {net} USDT。', '樣本外：{count} 筆交易，淨額 {net} USDT。'],
  [
    'Walk-forward over {folds} folds: {count} trades, net {net} USDT, efficiency {efficiency}.',
    '滚动前推 {folds} 段：{count} 笔交易，净额 {net} USDT，效率 {efficiency}。',
    '滾動前推 {folds} 段：{count} 筆交易，淨額 {net} USDT，效率 {efficiency}。',
  ],
  [
    '{count} candles in {seconds} s, {rate} per processor second.',
    '{seconds} 秒处理 {count} 根 K 线，每处理器秒 {rate} 根。',
    '{seconds} 秒處理 {count} 根 K 線，每處理器秒 {rate} 根。',
  ],
  ['THE BOOKS DO NOT AGREE; do not trust these numbers.', '账目不一致；请勿采信这些数字。', '帳目不一致；請勿採信這些數字。'],
  // refusals
  [
    'This session has no recording: there is nothing to replay exactly.',
    '此会话没有录制：没有可精确回放的内容。',
    '此工作階段沒有錄製：沒有可精確重播的內容。',
  ],
  ['Its decisions can still be re-run.', '其决策仍可重跑。', '其決策仍可重跑。'],
  [
    'A backtest is run anew from its panel; a what-if needs a recorded session.',
    '回测请在其面板重新运行；假设分析需要已录制的会话。',
    '回測請在其面板重新執行；假設分析需要已錄製的工作階段。',
  ],
  ['The candle archive holds no 5m candles of that time.', 'K 线库中没有该时段的 5m K 线。', 'K 線庫中沒有該時段的 5m K 線。'],
  ['Name a folder of candle files instead.', '请改为指定 K 线文件夹。', '請改為指定 K 線資料夾。'],
  [
    'There are no 5m candles of {symbol} in the archive of {source}; there are {names}.',
    '{source} 的 K 线库中没有 {symbol} 的 5m K 线；现有 {names}。',
    '{source} 的 K 線庫中沒有 {symbol} 的 5m K 線；現有 {names}。',
  ],
  [
    'Session {id} is shorter than two candles; there is nothing to compare.',
    '会话 {id} 短于两根 K 线；没有可比较的内容。',
    '工作階段 {id} 短於兩根 K 線；沒有可比較的內容。',
  ],
  ['{file} holds no 5m candles of the time of the session.', '{file} 没有该会话时段的 5m K 线。', '{file} 沒有該工作階段時段的 5m K 線。'],
  ['The folder {folder} does not exist.', '文件夹 {folder} 不存在。', '資料夾 {folder} 不存在。'],
  ['Name the folder of the candle files with --data.', '请指定 K 线文件夹（命令行用 --data）。', '請指定 K 線資料夾（命令列用 --data）。'],
  [
    '{folder} holds no 5-minute candle files (SYMBOL-5m.csv, .csv.gz, or SYMBOL-5m-YYYY-MM.zip).',
    '{folder} 没有 5 分钟 K 线文件（SYMBOL-5m.csv、.csv.gz 或 SYMBOL-5m-YYYY-MM.zip）。',
    '{folder} 沒有 5 分鐘 K 線檔案（SYMBOL-5m.csv、.csv.gz 或 SYMBOL-5m-YYYY-MM.zip）。',
  ],
  [
    'There are no 5-minute candles of {symbol} in {folder}; there are {names}.',
    '{folder} 中没有 {symbol} 的 5 分钟 K 线；现有 {names}。',
    '{folder} 中沒有 {symbol} 的 5 分鐘 K 線；現有 {names}。',
  ],
  ['No symbol of {folder} has candles in the time asked for.', '{folder} 中没有品种在所求时段有 K 线。', '{folder} 中沒有品種在所求時段有 K 線。'],
  ['There is nothing to trade: the time from {from} to {to} is empty.', '没有可交易的时段：{from} 至 {to} 为空。', '沒有可交易的時段：{from} 至 {to} 為空。'],
  ['Give more candles, or a shorter --warm-up-days.', '请提供更多 K 线，或缩短预热天数。', '請提供更多 K 線，或縮短預熱天數。'],
  [
    'Only imported sessions can be removed: the journal of this terminal is never shortened.',
    '只能移除导入的会话：本终端的日志簿从不删减。',
    '只能移除匯入的工作階段：本終端的日誌簿從不刪減。',
  ],
  ['A part of the file was lost on the way.', '文件的一部分在途中丢失。', '檔案的一部分在途中遺失。'],
  ['Open it again.', '请重新打开。', '請重新開啟。'],
  ['The file is larger than any session.', '文件大于任何会话。', '檔案大於任何工作階段。'],
  ['The review process ended before it could answer.', '复盘进程在应答前结束。', '復盤程序在應答前結束。'],
  ['Ask again.', '请重试。', '請重試。'],
  ['{count} jobs are running already.', '已有 {count} 个任务在运行。', '已有 {count} 個任務在執行。'],
  ['Wait for one, or cancel it.', '请等待其一完成或取消。', '請等待其一完成或取消。'],
  ['The engine could not answer; see the log.', '引擎无法应答；请见日志。', '引擎無法應答；請見日誌。'],
  ['Faults can be rehearsed in simulated mode only.', '仅可在模拟模式下演练故障。', '僅可在模擬模式下演練故障。'],
];
