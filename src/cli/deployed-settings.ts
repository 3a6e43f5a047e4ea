/** How the AWS clients are told where to look: the usual reason why nothing can be read. */
export const REGION_AND_PROFILE = 'the region and profile as for the AWS CLI (AWS_REGION, AWS_PROFILE)'
