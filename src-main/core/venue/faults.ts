// The venue's refusals with Binance's codes and texts. Source: error-code page of the USDⓈ-M futures documentation.
import type { VenueFault } from './types.ts';

const TEXTS = {
  [-1003]: 'Too many requests.',
  [-1015]: 'Too many new orders.',
  [-1102]: 'Mandatory parameter was not sent, was empty/null, or malformed.',
  [-1106]: 'Parameter sent when not required.',
  [-1111]: 'Precision is over the maximum defined for this asset.',
  [-1115]: 'Invalid timeInForce.',
  [-1116]: 'Invalid orderType.',
  [-1117]: 'Invalid side.',
  [-1121]: 'Invalid symbol.',
  [-1122]: 'Invalid symbol status.',
  [-1125]: 'This listenKey does not exist. Please use `POST /fapi/v1/listenKey` to recreate `listenKey`',
  [-1127]: 'Lookup interval is too big.',
  [-1130]: 'Invalid data sent for a parameter.',
  [-2011]: 'Unknown order sent.',
  [-2013]: 'Order does not exist.',
  [-2018]: 'Balance is insufficient.',
  [-2019]: 'Margin is insufficient.',
  [-2021]: 'Order would immediately trigger.',
  [-2022]: 'ReduceOnly Order is rejected.',
  [-2025]: 'Reach max open order limit.',
  [-2027]: 'Exceeded the maximum allowable position at current leverage.',
  [-2028]: 'Leverage is smaller than permitted: insufficient margin balance.',
  [-4003]: 'Quantity less than or equal to zero.',
  [-4004]: 'Quantity less than min quantity.',
  [-4005]: 'Quantity greater than max quantity.',
  [-4006]: 'Stop price less than zero.',
  [-4013]: 'Price less than min price.',
  [-4014]: 'Price not increased by tick size.',
  [-4015]: 'Client order id is not valid.',
  [-4016]: 'Price is higher than mark price multiplier cap.',
  [-4002]: 'Price greater than max price.',
  [-4023]: 'Qty not increased by step size.',
  [-4024]: 'Price is lower than mark price multiplier floor.',
  [-4028]: 'Invalid leverage',
  [-4045]: 'Reach max stop order limit.',
  [-4046]: 'No need to change margin type.',
  [-4047]: 'Margin type cannot be changed if there exists open orders.',
  [-4048]: 'Margin type cannot be changed if there exists position.',
  [-4050]: 'Cross balance insufficient.',
  [-4051]: 'Isolated balance insufficient.',
  [-4054]: 'Cannot add position margin: position is 0.',
  [-4055]: 'Amount must be positive.',
  [-4059]: 'No need to change position side.',
  [-4060]: 'Invalid position side.',
  [-4061]: "Order's position side does not match user's setting.",
  [-4062]: 'Invalid or improper reduceOnly value.',
  [-4067]: 'Position side cannot be changed if there exists open orders.',
  [-4068]: 'Position side cannot be changed if there exists position.',
  [-4082]: 'Invalid number of batch place orders.',
  [-4109]: 'Inactive account',
  [-4116]: 'clientOrderId is duplicated',
  [-4120]: 'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
  [-4130]: 'An open stop or take profit order with GTE and closePosition in the direction is existing.',
  [-4131]: "The counterparty's best price does not meet the PERCENT_PRICE filter limit",
  [-4135]: 'Invalid activation price',
  [-4137]: 'Quantity must be zero with closePosition equals true',
  [-4138]: 'Reduce only must be true with closePosition equals true',
  [-4140]: 'Invalid symbol status for opening position',
  [-4141]: 'Symbol is closed',
  [-4161]: 'Leverage reduction is not supported in Isolated Margin Mode with open positions',
  [-4164]: "Order's notional must be no smaller than the minimum (unless you choose reduce only)",
  [-4411]: 'Please sign TradFi-Perps agreement contract.',
  [-4509]: 'Time in Force (TIF) GTE can only be used with open positions. Please ensure that positions are available.',
  [-5021]: 'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history',
  [-5022]: 'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  [-5026]: 'Exceed maximum modify order limit.',
  [-5027]: 'No need to modify the order.',
} as const;

export type FaultCode = keyof typeof TEXTS;

export function fault(code: FaultCode): VenueFault {
  return { code, message: TEXTS[code] };
}

/** -1102 with the parameter's name, as the exchange words it. */
export function missingParameter(name: string): VenueFault {
  return { code: -1102, message: `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.` };
}
