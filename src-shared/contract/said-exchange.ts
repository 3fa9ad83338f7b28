// What went wrong at the exchange or on the way to it, by code, in the first language.

export const SAID_EXCHANGE = {
  'exchange.proxyCredentials': 'The proxy refused the user name or password. Nothing was sent. Give the right ones at the next start (PROXY_CREDENTIALS).',
  'exchange.location':
    'Binance refuses this location. Nothing was sent. Check that the VPN or proxy leaves from an allowed region; the terminal does not look for another way out.',
  'exchange.accountRegion': 'Binance does not allow this action for the region of this account. Nothing was sent; closing stays possible.',
  'exchange.banned':
    'Binance has banned this address for {wait@sentence}. Nothing was sent; calls go on when the ban ends. A shared VPN address can cause this.',
  'exchange.orderBudget': 'The account has sent its allowed number of orders. Nothing was sent; orders wait {wait@sentence}.',
  'exchange.pause': 'The exchange asked for a pause of {wait@sentence}. Nothing was sent; no call leaves before it is over.',
  'exchange.firewall': 'The firewall in front of Binance refused this address. Nothing was sent; calls pause for some minutes. Try another VPN exit.',
  'exchange.clock': 'The clock differs from the exchange. It is measured again and the call repeated once.',
  'exchange.keyUnknown':
    'The exchange does not know this as an API key: it may be cut off, or have blanks in it{seen@sentence}. Nothing was executed. Market data goes on; check the key and give it again at the next start.',
  'exchange.keyRefused':
    'The exchange refused the API key: it is not one of this exchange (demo and live have their own), may not trade futures, or is restricted to other addresses{seen@sentence}. Nothing was executed. Market data goes on; check the key and give it again at the next start.',
  'exchange.keySignature':
    'The exchange refused the signature: the API secret does not belong to the key, or is cut off{seen@sentence}. Nothing was executed. Market data goes on; check the key and give it again at the next start.',
  'exchange.mayStand': 'The exchange answered "{message}" ({code}): the order may already stand. {after@sentence}',
  'exchange.notSaid': 'The exchange did not say whether the request was executed. {after@sentence}',
  'exchange.maintenance': 'The exchange is in maintenance. Nothing was executed; calls go on when it is over. Stops at the exchange stay in force.',
  'exchange.late': 'The exchange did not answer in time. {after@sentence}',
  'exchange.unreachable': 'The exchange cannot be reached. Check the network, the VPN or the proxy. Nothing was sent; stops at the exchange stay in force.',
  'exchange.certificate':
    'The certificate shown is not one of Binance: a proxy or a virus scanner reads the connection, or the clock of this machine is wrong. Nothing was sent.',
  'exchange.proxyWay': 'The proxy did not open a way to Binance. Nothing was sent. Check that it runs and may reach Binance.',
  'exchange.broken': 'The connection to the exchange broke. {after@sentence}',
  'exchange.overloaded': 'The exchange is overloaded. Nothing was executed; it is tried again.',
  'exchange.internal': 'The exchange has an internal problem. {after@sentence}',
  'exchange.refused': 'The exchange refused: {message} ({code}).',
  'exchange.checked': 'It is being checked; nothing is sent again.',
  'exchange.askedAgain': 'Nothing was changed; it is asked again.',
  'exchange.failedInRow': 'Calls to the exchange failed several times in a row.',
  'exchange.heldByBreaker': '{why@sentence} {name} was held back, the next try is in {seconds} s; closing and protecting still work.',
  'exchange.stillBanned': 'Binance has banned this address for another {seconds} s; {name} was not sent, because it would leave too late.',
  'exchange.stillPaused': 'The exchange asked for a pause of another {seconds} s; {name} was not sent, because it would leave too late.',
  'exchange.budgetUsed': 'The {budget@budget} budget of this minute is used up; {name} was not sent, because it would leave too late.',
  'exchange.answerUnknown': "The exchange's answer to {name} was not understood. It is being checked; nothing is sent again.",
  'exchange.answerDropped': "The exchange's answer to {name} was not understood and was dropped; it is asked again.",
  'exchange.dropLocation': 'Binance refuses this location. Check that the VPN or proxy leaves from an allowed region.',
  'exchange.dropAddress': 'Binance refuses this address (location or firewall). Try another VPN exit in an allowed region.',
  'exchange.dropCredentials': 'The proxy refused the user name or password. Give the right ones at the next start (PROXY_CREDENTIALS).',
  'exchange.dropProxy': 'The proxy did not carry the connection ({why}). Check that it runs and may reach Binance.',
  'exchange.dropEnded': 'The exchange or the way to it ended the connection ({why}).',
  'exchange.noKey':
    'No API key is set for trading in this mode. Give it at the start, by the environment, the keychain or the sealed file; market data runs without one.',
  'exchange.notListed': '{symbol} is not among the contracts read from the exchange; nothing was sent.',
  'exchange.otherLeverage': 'The exchange set leverage {set} instead of {wanted} on {symbol}; no order was sent.',
  'exchange.noMarkets': 'The exchange lists no tradable USDT perpetual; it is asked again.',
  'exchange.wayRequestsFail': 'Streams reach the exchange {via@via}, but requests do not. {why@sentence}',
  'exchange.wayStreamsFail': 'Requests reach the exchange {via@via}, but streams do not. {why@sentence}',
} as const;
