// What went wrong at the exchange or on the way to it, by code, in the other languages; a code without a sentence does not compile.
import type { SAID_EXCHANGE } from '../../../src-shared/contract/said-exchange.ts';
import type { Spoken } from './spoken.ts';

export const SPOKEN_EXCHANGE: Readonly<Record<keyof typeof SAID_EXCHANGE, Spoken>> = {
  'exchange.proxyCredentials': [
    '代理拒绝了用户名或密码。未发送任何内容。请在下次启动时提供正确的凭据（PROXY_CREDENTIALS）。',
    '代理拒絕了使用者名稱或密碼。未送出任何內容。請在下次啟動時提供正確的憑據（PROXY_CREDENTIALS）。',
  ],
  'exchange.location': [
    'Binance 拒绝此地区。未发送任何内容。请确认 VPN 或代理的出口在允许的地区；终端不会另寻出路。',
    'Binance 拒絕此地區。未送出任何內容。請確認 VPN 或代理的出口在允許的地區；終端不會另尋出路。',
  ],
  'exchange.accountRegion': [
    'Binance 不允许此账户所在地区执行该操作。未发送任何内容；仍可平仓。',
    'Binance 不允許此帳戶所在地區執行該操作。未送出任何內容；仍可平倉。',
  ],
  'exchange.banned': [
    'Binance 已封禁此地址 {wait@sentence}。未发送任何内容；解封后继续。共享的 VPN 地址可能导致封禁。',
    'Binance 已封禁此位址 {wait@sentence}。未送出任何內容；解封後繼續。共用的 VPN 位址可能導致封禁。',
  ],
  'exchange.orderBudget': [
    '账户已达允许的下单次数。未发送任何内容；订单等待 {wait@sentence}。',
    '帳戶已達允許的下單次數。未送出任何內容；委託等待 {wait@sentence}。',
  ],
  'exchange.pause': [
    '交易所要求暂停 {wait@sentence}。未发送任何内容；暂停结束前不再请求。',
    '交易所要求暫停 {wait@sentence}。未送出任何內容；暫停結束前不再請求。',
  ],
  'exchange.firewall': [
    'Binance 前的防火墙拒绝此地址。未发送任何内容；请求暂停数分钟。请换一个 VPN 出口。',
    'Binance 前的防火牆拒絕此位址。未送出任何內容；請求暫停數分鐘。請換一個 VPN 出口。',
  ],
  'exchange.clock': ['时钟与交易所不一致。重新测量后重试一次。', '時鐘與交易所不一致。重新測量後重試一次。'],
  'exchange.keyUnknown': [
    '交易所不认识此 API 密钥：可能不完整，或含有空格{seen@sentence}。未执行任何操作。行情继续；请检查密钥，并在下次启动时重新提供。',
    '交易所不認識此 API 金鑰：可能不完整，或含有空格{seen@sentence}。未執行任何操作。行情繼續；請檢查金鑰，並在下次啟動時重新提供。',
  ],
  'exchange.keyRefused': [
    '交易所拒绝此 API 密钥：它不属于此交易所（演示与实盘各有密钥），无合约交易权限，或限制于其他地址{seen@sentence}。未执行任何操作。行情继续；请检查密钥，并在下次启动时重新提供。',
    '交易所拒絕此 API 金鑰：它不屬於此交易所（示範與實盤各有金鑰），無合約交易權限，或限制於其他位址{seen@sentence}。未執行任何操作。行情繼續；請檢查金鑰，並在下次啟動時重新提供。',
  ],
  'exchange.keySignature': [
    '交易所拒绝签名：API 私钥与密钥不符，或不完整{seen@sentence}。未执行任何操作。行情继续；请检查密钥，并在下次启动时重新提供。',
    '交易所拒絕簽章：API 私鑰與金鑰不符，或不完整{seen@sentence}。未執行任何操作。行情繼續；請檢查金鑰，並在下次啟動時重新提供。',
  ],
  'exchange.mayStand': [
    '交易所答复“{message}”（{code}）：订单可能已存在。{after@sentence}',
    '交易所答覆「{message}」（{code}）：委託可能已存在。{after@sentence}',
  ],
  'exchange.notSaid': ['交易所未说明请求是否已执行。{after@sentence}', '交易所未說明請求是否已執行。{after@sentence}'],
  'exchange.maintenance': [
    '交易所正在维护。未执行任何操作；维护结束后继续。交易所的止损仍然有效。',
    '交易所正在維護。未執行任何操作；維護結束後繼續。交易所的停損仍然有效。',
  ],
  'exchange.late': ['交易所未及时应答。{after@sentence}', '交易所未及時應答。{after@sentence}'],
  'exchange.unreachable': [
    '无法连接交易所。请检查网络、VPN 或代理。未发送任何内容；交易所的止损仍然有效。',
    '無法連線交易所。請檢查網路、VPN 或代理。未送出任何內容；交易所的停損仍然有效。',
  ],
  'exchange.certificate': [
    '出示的证书不属于 Binance：代理或杀毒软件在读取连接，或本机时钟有误。未发送任何内容。',
    '出示的憑證不屬於 Binance：代理或防毒軟體在讀取連線，或本機時鐘有誤。未送出任何內容。',
  ],
  'exchange.proxyWay': [
    '代理未能打开通往 Binance 的路径。未发送任何内容。请确认代理正在运行且可到达 Binance。',
    '代理未能開啟通往 Binance 的路徑。未送出任何內容。請確認代理正在執行且可到達 Binance。',
  ],
  'exchange.broken': ['与交易所的连接中断。{after@sentence}', '與交易所的連線中斷。{after@sentence}'],
  'exchange.overloaded': ['交易所过载。未执行任何操作；将重试。', '交易所過載。未執行任何操作；將重試。'],
  'exchange.internal': ['交易所内部故障。{after@sentence}', '交易所內部故障。{after@sentence}'],
  'exchange.refused': ['交易所拒绝：{message}（{code}）。', '交易所拒絕：{message}（{code}）。'],
  'exchange.checked': ['正在核实；不会重新发送。', '正在核實；不會重新送出。'],
  'exchange.askedAgain': ['未作任何更改；将再次询问。', '未作任何更改；將再次詢問。'],
  'exchange.failedInRow': ['对交易所的请求连续多次失败。', '對交易所的請求連續多次失敗。'],
  'exchange.heldByBreaker': [
    '{why@sentence}{name} 已暂缓，{seconds} 秒后再试；平仓与保护不受影响。',
    '{why@sentence}{name} 已暫緩，{seconds} 秒後再試；平倉與保護不受影響。',
  ],
  'exchange.stillBanned': [
    'Binance 对此地址的封禁还有 {seconds} 秒；{name} 未发送，否则会过迟。',
    'Binance 對此位址的封禁還有 {seconds} 秒；{name} 未送出，否則會過遲。',
  ],
  'exchange.stillPaused': ['交易所要求再暂停 {seconds} 秒；{name} 未发送，否则会过迟。', '交易所要求再暫停 {seconds} 秒；{name} 未送出，否則會過遲。'],
  'exchange.budgetUsed': ['本分钟的{budget@budget}额度已用尽；{name} 未发送，否则会过迟。', '本分鐘的{budget@budget}額度已用盡；{name} 未送出，否則會過遲。'],
  'exchange.answerUnknown': ['无法理解交易所对 {name} 的应答。正在核实；不会重新发送。', '無法理解交易所對 {name} 的應答。正在核實；不會重新送出。'],
  'exchange.answerDropped': ['无法理解交易所对 {name} 的应答，已丢弃；将再次询问。', '無法理解交易所對 {name} 的應答，已丟棄；將再次詢問。'],
  'exchange.dropLocation': ['Binance 拒绝此地区。请确认 VPN 或代理的出口在允许的地区。', 'Binance 拒絕此地區。請確認 VPN 或代理的出口在允許的地區。'],
  'exchange.dropAddress': [
    'Binance 拒绝此地址（地区或防火墙）。请换一个位于允许地区的 VPN 出口。',
    'Binance 拒絕此位址（地區或防火牆）。請換一個位於允許地區的 VPN 出口。',
  ],
  'exchange.dropCredentials': [
    '代理拒绝了用户名或密码。请在下次启动时提供正确的凭据（PROXY_CREDENTIALS）。',
    '代理拒絕了使用者名稱或密碼。請在下次啟動時提供正確的憑據（PROXY_CREDENTIALS）。',
  ],
  'exchange.dropProxy': ['代理未承载该连接（{why}）。请确认代理正在运行且可到达 Binance。', '代理未承載該連線（{why}）。請確認代理正在執行且可到達 Binance。'],
  'exchange.dropEnded': ['交易所或途中结束了连接（{why}）。', '交易所或途中結束了連線（{why}）。'],
  'exchange.noKey': [
    '此模式未设置交易用 API 密钥。请在启动时通过环境变量、系统钥匙串或密封文件提供；行情无需密钥。',
    '此模式未設定交易用 API 金鑰。請在啟動時透過環境變數、系統鑰匙圈或密封檔案提供；行情無需金鑰。',
  ],
  'exchange.notListed': ['{symbol} 不在从交易所读取的合约之中；未发送任何内容。', '{symbol} 不在從交易所讀取的合約之中；未送出任何內容。'],
  'exchange.otherLeverage': [
    '交易所将 {symbol} 的杠杆设为 {set} 而非 {wanted}；未发送订单。',
    '交易所將 {symbol} 的槓桿設為 {set} 而非 {wanted}；未送出委託。',
  ],
  'exchange.noMarkets': ['交易所未列出可交易的 USDT 永续合约；将再次询问。', '交易所未列出可交易的 USDT 永續合約；將再次詢問。'],
  'exchange.wayRequestsFail': ['数据流{via@via}到达交易所，但请求不能。{why@sentence}', '資料流{via@via}到達交易所，但請求不能。{why@sentence}'],
  'exchange.wayStreamsFail': ['请求{via@via}到达交易所，但数据流不能。{why@sentence}', '請求{via@via}到達交易所，但資料流不能。{why@sentence}'],
};
