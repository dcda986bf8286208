"""The languages that a model tells apart, and what records call them."""

import polars as pl

FILE = "lid.176.ftz"
"""The model: fastText's, of 176 languages, which the extra ``datastd[text]`` brings."""

LID_176 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
"""SHA-256 of it, as Meta published it."""

_NAMES = (
    "en ru de fr it ja es ceb tr pt uk eo pl sv nl he zh hu ar ca fi cs fa sr el vi bg ko no mk ro "
    "id th hy da ta hi hr sh be ka te kk war lt gl sk bn eu sl kn ml mr et az ms sq la bs nn ur lv "
    "my tt af oc nds ky ast tl is ia si gu km br ba uz bo pa vo als ne cy jbo fy mn lb ce ug tg "
    "sco sa cv jv min io or as new ga mg an ckb sw bar lmo yi arz mhr azb sah pnb su bpy pms ilo "
    "wuu ku ps ie xmf yue gom li mwl kw sd hsb scn gd pam bh mai vec mt dv wa mzn am qu eml cbk "
    "tk rm os vls yo lo lez so myv diq mrj dsb frr ht gn bxr kv sc nah krc bcl nap gv av rue xal "
    "pfl dty hif co lrc vep tyv"
)
LANGUAGES = tuple(_NAMES.split())
"""What it tells apart, in its order: codes of Wikipedias, mostly of ISO 639-1."""

_CODES = (
    "afr=af alb=sq amh=am ara=ar arb=ar arg=an arm=hy asm=as ava=av aze=az azj=az bak=ba baq=eu "
    "bel=be ben=bn bod=bo bos=bs bre=br bul=bg bur=my cat=ca ces=cs che=ce chi=zh chv=cv cmn=zh "
    "cor=kw cos=co cym=cy cze=cs dan=da deu=de div=dv dut=nl ekk=et ell=el eng=en epo=eo est=et "
    "eus=eu fas=fa fil=tl fin=fi fra=fr fre=fr fry=fy geo=ka ger=de gla=gd gle=ga glg=gl glv=gv "
    "gre=el grn=gn guj=gu hat=ht hbs=sh heb=he hin=hi hrv=hr hun=hu hye=hy ice=is ido=io ile=ie "
    "in=id ina=ia ind=id isl=is ita=it iw=he jav=jv jpn=ja kan=kn kat=ka kaz=kk khk=mn khm=km "
    "kir=ky kmr=ku kom=kv kor=ko kpv=kv kur=ku lao=lo lat=la lav=lv lim=li lit=lt ltz=lb lvs=lv "
    "mac=mk mal=ml mar=mr may=ms mkd=mk mlg=mg mlt=mt mo=ro mon=mn msa=ms mya=my nb=no nep=ne "
    "nld=nl nno=nn nob=no nor=no npi=ne oci=oc ori=or ory=or oss=os pan=pa pbt=ps per=fa pes=fa "
    "plt=mg pol=pl por=pt pus=ps que=qu roh=rm ron=ro rum=ro rus=ru san=sa sin=si slk=sk slo=sk "
    "slv=sl snd=sd som=so spa=es sqi=sq srd=sc srp=sr sun=su swa=sw swe=sv swh=sw tam=ta tat=tt "
    "tel=te tgk=tg tgl=tl tha=th tib=bo tuk=tk tur=tr uig=ug ukr=uk urd=ur uzb=uz uzn=uz vie=vi "
    "vol=vo wel=cy wln=wa ydd=yi yid=yi yor=yo zho=zh zsm=ms"
)
"""What others call some of them: ISO 639-2 and -3, and codes that BCP 47 has retired."""

_CALLED = dict(one.split("=") for one in _CODES.split())


def called(language: pl.Expr) -> pl.Expr:
    """
    What the model calls a language that a record names by a tag of BCP 47 or a code of ISO 639.

    ``en``, ``EN-us``, ``en_US``, ``eng`` and ``eng_Latn`` are all ``en``; what is none of
    these stays as it is.
    """
    tag = language.str.to_lowercase().str.strip_chars()
    return tag.str.extract(r"^([a-z]{2,3})(?:[-_].*)?$").replace(_CALLED).fill_null(tag)
